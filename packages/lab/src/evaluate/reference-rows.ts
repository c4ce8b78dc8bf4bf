import type { ScoreMatrix } from 'comfygen/plugin';
import type { CheckedOptions } from './check-options.ts';
import { judgeRanking, type Outcome } from './judge-ranking.ts';
import type { TestCase } from './make-cases.ts';
import { createEntry, type Entry } from './summarize.ts';

const ORACLE = { name: 'oracle', note: 'the best flow of each prompt, by the judges’ own scores' };
const PANEL = {
  name: 'second-panel',
  note: 'chosen by other raters who saw the pictures: a ceiling',
};

/** The rows that choose by scores: the oracle by the judges' own, and a second panel where there is one. */
export function referenceEntries(
  cases: readonly TestCase[],
  { judge, raters }: CheckedOptions,
): Entry[] {
  const columns = new Map(judge.flows.map((flow, column) => [flow, column]));
  const entry = (contestant: Entry['contestant'], scores: ScoreMatrix['scores']): Entry => {
    const scoreOf = (row: number, flowId: string) => scores[row]![columns.get(flowId)!]!;
    return { ...createEntry(contestant), outcomes: chooseByScores(cases, scoreOf) };
  };
  return [entry(ORACLE, judge.scores), ...(raters === undefined ? [] : [entry(PANEL, raters)])];
}

/** Ties go to the flow with the better mean on the training part; flows without a score come last. */
function chooseByScores(
  cases: readonly TestCase[],
  scoreOf: (row: number, flowId: string) => number | null,
): Outcome[] {
  return cases.map((one) => {
    const known = new Map(
      one.byTrainMean.map((flowId) => [flowId, scoreOf(one.row, flowId) ?? -Infinity]),
    );
    // Sorting is stable, so that equal scores keep the order of the means.
    const ranked = [...one.byTrainMean].sort((a, b) => compare(known.get(b)!, known.get(a)!));
    return judgeRanking(one, {
      ranked: ranked.map((flowId) => ({ flowId, interval: null })),
      abstained: false,
      micros: null,
    });
  });
}

// The difference of two infinities is not a number.
const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
