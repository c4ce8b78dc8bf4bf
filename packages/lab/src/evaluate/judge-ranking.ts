import type { RankedFlow } from 'comfygen/plugin';
import { expectedWinner } from './verify.ts';

/** Chance with which a verifier that is not perfect finds the better of two pictures. */
const NOISY = 0.75;

/** What one choice was worth on one prompt of one split, on the data's scale. */
export interface Outcome {
  split: number;
  /** Prompts of one text have one number. */
  text: number;
  /** What the best single flow would have got, and the best of all. */
  single: number;
  oracle: number;
  score: number;
  top2: number;
  top3: number;
  top2Noisy: number;
  top3Noisy: number;
  /** Cells with an interval, and those of them inside it. */
  intervals: number;
  inside: number;
  abstained: boolean;
  /** `null` where no selector was asked, or not for the first time. */
  micros: number | null;
}

/** One prompt of a split: what was scored, by flow, and what the best single flow gets. */
export interface Case {
  split: number;
  text: number;
  scores: ReadonlyMap<string, number>;
  single: number;
}

/** A ranking as it is judged: one that a selector gave, or one that scores gave. */
export interface Ranking {
  ranked: readonly Pick<RankedFlow, 'flowId' | 'interval'>[];
  abstained: boolean;
  micros: number | null;
}

/** What a ranking was worth. */
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
