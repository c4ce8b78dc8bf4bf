import { letOthersRun, type ScoreMatrix } from 'comfygen/plugin';
import { invalidScores } from '../matrix/invalid-scores.ts';
import { checkOptions } from './check-options.ts';
import { drawSplits } from './draw-splits.ts';
import { makeCases, numberTexts } from './make-cases.ts';
import { flowsOf } from './make-requests.ts';
import { referenceEntries } from './reference-rows.ts';
import { type Round, runContestant } from './run-contestant.ts';
import { createEntry, type Entry, summarize, warningNotes } from './summarize.ts';
import type { Contestant, Evaluation, EvaluationOptions } from './types.ts';

/**
 * How good selectors are on prompts that they never saw: each is fitted on the training part of every split and asked
 * through `select()` for each test prompt, as a host would ask it. Same options, same numbers, times apart.
 *
 * @throws INVALID_OPTIONS; INVALID_SCORES where the matrices don't go together or can't be split; PART_FAILED where
 * a selector fails. Rethrows `signal.reason`.
 */
export async function evaluateSelectors(options: EvaluationOptions): Promise<Evaluation> {
  const checked = checkOptions(options);
  const { trainShare, seed, judge } = checked;
  const { train, test } = options;
  const drawn = drawSplits(train, test === undefined ? undefined : judge, checked);
  const { contestants, note } = withoutUnlabelled(options.contestants, train, judge);
  const numbers = numberTexts(judge);
  const rounds = drawn.splits.map((split, index): Round => {
    return { split: index, train: split.train, cases: makeCases(judge, split, index, numbers) };
  });
  const cases = rounds.flatMap((round) => round.cases);
  if (cases.length === 0) throw invalidScores('test', ['none of its prompts has a score']);
  const entries = await runAll(contestants, rounds, options, seed);
  const rows = [...entries, ...referenceEntries(cases, checked)];
  return {
    train: shapeOf(train),
    test: test === undefined ? null : shapeOf(test),
    splits: rounds.length,
    trainShare: drawn.repeated ? trainShare : null,
    seed,
    selectors: rows.map((entry) => summarize(entry, seed)),
    notes: [...drawn.notes, ...note, ...emptyRows(judge), ...entries.flatMap(warningNotes)],
  };
}

/** Split by split, so that what is seen of them after a while is comparable. */
async function runAll(
  contestants: readonly Contestant[],
  rounds: readonly Round[],
  { train, flows: known, onProgress, signal = new AbortController().signal }: EvaluationOptions,
  seed: number,
): Promise<Entry[]> {
  const flows = flowsOf(train.flows, known);
  const entries = contestants.map(createEntry);
  const splits = rounds.length;
  for (const round of rounds) {
    for (const [index, entry] of entries.entries()) {
      const fraction = (round.split + index / entries.length) / splits;
      const { name: selector } = entry.contestant;
      onProgress?.({ selector, split: round.split + 1, splits, fraction });
      // Selectors without I/O never give the event loop a turn, in which Ctrl-C would be heard.
      await letOthersRun(signal);
      await runContestant(contestants[index]!, entry, round, { flows, seed, signal });
    }
  }
  return entries;
}

const shapeOf = ({ prompts, flows }: ScoreMatrix) => ({
  prompts: prompts.length,
  flows: flows.length,
});

/** Those who need labels are left out where the data has none, and that is said. */
function withoutUnlabelled(
  contestants: readonly Contestant[],
  ...matrices: ScoreMatrix[]
): { contestants: readonly Contestant[]; note: string[] } {
  const labelled = matrices.every(({ prompts }) => prompts.some(({ labels }) => labels.length > 0));
  const left = contestants.filter(({ usesLabels }) => usesLabels && !labelled);
  if (left.length === 0) return { contestants, note: [] };
  const names = left.map(({ name }) => name).join(', ');
  return {
    contestants: contestants.filter((contestant) => !left.includes(contestant)),
    note: [`Left out, because the data has no labels: ${names}.`],
  };
}

function emptyRows({ scores }: ScoreMatrix): string[] {
  const count = scores.filter((row) => row.every((score) => score === null)).length;
  return count === 0
    ? []
    : [`${count} of ${scores.length} prompts have no score and test nothing.`];
}
