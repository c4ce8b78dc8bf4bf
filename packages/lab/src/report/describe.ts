import type { Evaluation } from '../evaluate/types.ts';

/** A line that describes an evaluation: prompts, flows, splits and seed. */
export function describeEvaluation({ train, test, splits, trainShare, seed }: Evaluation): string {
  const flows = `${train.flows} flows`;
  const size = (prompts: number) => `${prompts.toLocaleString('en')} prompts`;
  if (trainShare === null) {
    return `trained on ${size(train.prompts)}, tested on ${size(test?.prompts ?? 0)}; ${flows}; seed ${seed}`;
  }
  const percent = Math.round(trainShare * 100);
  const times = `${splits} ${splits === 1 ? 'split' : 'splits'}`;
  return `${size(train.prompts)} × ${flows}; ${times} ${percent}/${100 - percent} by text; seed ${seed}`;
}

/** Sentences that explain the columns of a results table. */
export const LEGEND: readonly string[] = [
  'ρ: share of the way from the best single flow (0) to the oracle (1), which contains luck; worst: the lowest of any split.',
  'top 2, top 3: ρ if the best of the first two or three is found; ~: if the better of any two is found in 75 %.',
  'inside 90 %: held-out cells inside the predicted interval.',
];
