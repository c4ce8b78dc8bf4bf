import { meanOf, normalQuantile, sumOf, varianceOf } from '../statistics.ts';

/** An estimated value with the limits of its interval, by the normal approximation. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** One logged choice, weighted for the new policy. */
export interface WeightedChoice {
  flowId: string;
  reward: number;
  /** The chosen flow's chance under the new policy, divided by its chance when it was logged. */
  weight: number;
  /** Each flow's chance under the new policy. */
  target: { [flowId: string]: number };
}

/** Three estimates of the new policy's mean reward, by different methods. */
export interface Estimates {
  inversePropensity: Estimate;
  selfNormalised: Estimate;
  doublyRobust: Estimate;
}

/** The mean reward of the new policy by each estimator. */
export function estimateAll(choices: readonly WeightedChoice[], confidence: number): Estimates {
  const z = normalQuantile((1 + confidence) / 2);
  const ofTerms = (terms: readonly number[]): Estimate => {
    const value = meanOf(terms);
    const half = z * Math.sqrt(varianceOf(terms) / terms.length);
    return { value, low: value - half, high: value + half };
  };
  return {
    inversePropensity: ofTerms(choices.map(({ weight, reward }) => weight * reward)),
    selfNormalised: selfNormalised(choices, z),
    doublyRobust: ofTerms(doublyRobustTerms(choices)),
  };
}

function selfNormalised(choices: readonly WeightedChoice[], z: number): Estimate {
  const total = sumOf(choices.map(({ weight }) => weight));
  const value = sumOf(choices.map(({ weight, reward }) => weight * reward)) / total;
  const squares = choices.map(({ weight, reward }) => (weight * (reward - value)) ** 2);
  const half = (z * Math.sqrt(sumOf(squares))) / total;
  return { value, low: value - half, high: value + half };
}

/**
 * What the flows' mean rewards predict of the new policy, corrected by what the chosen flow did better or
 * worse. A reward is left out of the mean that predicts it, so that the correction is unbiased.
 */
function doublyRobustTerms(choices: readonly WeightedChoice[]): number[] {
  const tallies = new Map<string, { count: number; sum: number }>();
  for (const { flowId, reward } of choices) {
    const { count, sum } = tallies.get(flowId) ?? { count: 0, sum: 0 };
    tallies.set(flowId, { count: count + 1, sum: sum + reward });
  }
  const total = sumOf(choices.map(({ reward }) => reward));
  return choices.map((choice) => {
    const others = Math.max(1, choices.length - 1);
    const overall = (total - choice.reward) / others;
    const predict = (flowId: string) => {
      const { count = 0, sum = 0 } = tallies.get(flowId) ?? {};
      const own = flowId === choice.flowId ? 1 : 0;
      return count > own ? (sum - own * choice.reward) / (count - own) : overall;
    };
    const expected = Object.entries(choice.target).map(([flowId, p]) => p * predict(flowId));
    return sumOf(expected) + choice.weight * (choice.reward - predict(choice.flowId));
  });
}
