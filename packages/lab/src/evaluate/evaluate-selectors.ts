import type { ScoreMatrix } from 'comfygen/plugin';
import { invalidScores } from '../matrix/invalid-scores.ts';
import { type CheckedOptions, checkOptions } from './check-options.ts';
import { drawSplits } from './draw-splits.ts';
import { makeCases, numberTexts, type TestCase } from './make-cases.ts';
import { flowsOf } from './make-requests.ts';
import { chooseByScores, type ScoreLookup } from './reference-rows.ts';
import { runContestant } from './run-contestant.ts';
import { type Entry, summarize } from './summarize.ts';
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
  const { signal = new AbortController().signal, train, test, flows: known } = options;
  const judged = test === undefined ? undefined : judge;
  const { splits, repeated, notes } = drawSplits(train, judged, checked);
  const { contestants, note } = withoutUnlabelled(options.contestants, train, judge);
  const flows = flowsOf(train.flows, known);
  const numbers = numberTexts(judge);
  const entries = contestants.map((contestant): Entry => ({ contestant, outcomes: [], fits: [] }));
  const cases: TestCase[] = [];
  for (const [split, parts] of splits.entries()) {
    const own = makeCases(judge, parts, split, numbers);
    cases.push(...own);
    const round = { split, train: parts.train, cases: own, flows, seed, signal };
    for (const [index, contestant] of contestants.entries()) {
      const done = split * contestants.length + index;
      const fraction = done / (splits.length * contestants.length);
      const at = { selector: contestant.name, split: split + 1, splits: splits.length };
      options.onProgress?.({ ...at, fraction });
      await letOthersRun();
      signal.throwIfAborted();
      await runContestant(contestant, entries[index]!, round);
    }
  }
  if (cases.length === 0) throw invalidScores('test', ['none of its prompts has a score']);
  const rows = [...entries, ...referenceEntries(cases, checked)];
  const shape = ({ prompts, flows }: ScoreMatrix) => ({
    prompts: prompts.length,
    flows: flows.length,
  });
  return {
    train: shape(train),
    test: test === undefined ? null : shape(test),
    splits: splits.length,
    trainShare: repeated ? trainShare : null,
    seed,
    selectors: rows.map((entry) => summarize(entry, seed)),
    notes: [...notes, ...note, ...emptyRows(judge)],
  };
}

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

function referenceEntries(cases: readonly TestCase[], { judge, raters }: CheckedOptions): Entry[] {
  const columns = new Map(judge.flows.map((flow, column) => [flow, column]));
  const lookUp =
    (scores: ScoreMatrix['scores']): ScoreLookup =>
    (row, flowId) =>
      scores[row]![columns.get(flowId)!]!;
  const oracle = {
    name: 'oracle',
    note: 'the best flow of each prompt, by the judges’ own scores',
  };
  const panel = {
    name: 'second-panel',
    note: 'chosen by other raters who saw the pictures: a ceiling',
  };
  const rows = [{ contestant: oracle, outcomes: chooseByScores(cases, lookUp(judge.scores)) }];
  if (raters !== undefined) {
    rows.push({ contestant: panel, outcomes: chooseByScores(cases, lookUp(raters)) });
  }
  return rows.map((row) => ({ ...row, fits: [] }));
}

function emptyRows({ scores }: ScoreMatrix): string[] {
  const count = scores.filter((row) => row.every((score) => score === null)).length;
  return count === 0
    ? []
    : [`${count} of ${scores.length} prompts have no score and test nothing.`];
}

/** Selectors without I/O never give the event loop a turn, in which Ctrl-C would be heard. */
const letOthersRun = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
