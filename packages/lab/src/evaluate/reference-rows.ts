import { judgeRanking, type Outcome } from './judge-ranking.ts';
import type { TestCase } from './make-cases.ts';

/** What flows are worth on one row, by id; `null` where nobody knows. */
export type ScoreLookup = (row: number, flowId: string) => number | null;

/**
 * The outcome of choosing by known scores: the judges' own (the oracle), or a second panel's. Ties go to the flow
 * with the better mean on the training part; flows without a score come last.
 */
export function chooseByScores(cases: readonly TestCase[], scoreOf: ScoreLookup): Outcome[] {
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
