import type { RankedFlow } from 'comfygen/plugin';
import { expectedWinner } from './verify.ts';

/** Chance with which a verifier that is not perfect finds the better of two pictures. */
const NOISY = 0.75;

/** What one choice was worth on one prompt of one split, on the data's scale. */
export interface Outcome {
  split: number;
  /** A number for the prompt's text; prompts of one text share it. */
  text: number;
  /** The score of the best single flow, and the best score of any flow. */
  single: number;
  oracle: number;
  score: number;
  top2: number;
  top3: number;
  top2Noisy: number;
  top3Noisy: number;
  /** How many scores had an interval, and how many of these lie inside it. */
  intervals: number;
  inside: number;
  abstained: boolean;
  /** Time of the choice in microseconds; `null` where no selector was asked, or the text was not new to it. */
  micros: number | null;
}

/** One test prompt of a split: the score of each flow, and that of the best single flow. */
export interface Case {
  split: number;
  text: number;
  scores: ReadonlyMap<string, number>;
  single: number;
}

/** A ranking to judge, from a selector or from scores. */
export interface Ranking {
  ranked: readonly Pick<RankedFlow, 'flowId' | 'interval'>[];
  abstained: boolean;
  micros: number | null;
}

/** The result of a ranking. */
export function judgeRanking({ split, text, scores, single }: Case, ranking: Ranking): Outcome {
  const first = ranking.ranked.slice(0, 3).map(({ flowId }) => scores.get(flowId)!);
  const two = first.slice(0, 2);
  const told = ranking.ranked.filter(({ interval }) => interval !== null);
  const inside = told.filter(({ flowId, interval }) => {
    const score = scores.get(flowId)!;
    return interval![0] <= score && score <= interval![1];
  });
  return {
    split,
    text,
    single,
    oracle: Math.max(...scores.values()),
    score: first[0]!,
    top2: expectedWinner(two, 1),
    top3: expectedWinner(first, 1),
    top2Noisy: expectedWinner(two, NOISY),
    top3Noisy: expectedWinner(first, NOISY),
    intervals: told.length,
    inside: inside.length,
    abstained: ranking.abstained,
    micros: ranking.micros,
  };
}
