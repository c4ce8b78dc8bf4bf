import { ComfygenError, type RunRecord } from 'comfygen/plugin';
import { readEntry } from './off-policy/log-entry.ts';
import type { RewardSource } from './rewards.ts';

/** Options of `createPromotion`. */
export interface PromotionOptions {
  /** The largest possible difference, either way: for pairs of scores the width of their range. Above 0. */
  bound: number;
  /** The new one is promoted only if it is better by more than this. Below `bound`; default 0. */
  minGain?: number | undefined;
  /** The highest accepted chance of promoting one that is not better, however often one looks. Default 0.05. */
  alpha?: number | undefined;
  /** The number of differences after which a trial without proof ends with `reject`. Default: none. */
  maxObservations?: number | undefined;
}

/** A trial of a new flow or selector so far. Plain JSON; keep it between observations. */
export interface PromotionState {
  schema: 'comfygen/promotion@1';
  bound: number;
  minGain: number;
  alpha: number;
  maxObservations: number | null;
  decision: 'continue' | 'promote' | 'reject';
  /** Differences so far, their sum, and the sum of their squares. */
  observations: number;
  sum: number;
  squares: number;
  /**
   * Evidence for each side, as the logarithm of what a bet of 1 on it has become: that the new one is better, or that
   * it is not.
   */
  logWealth: { better: number; notBetter: number };
}

/**
 * Begins a trial of a new flow or selector against the one in use. Differences of scores are observed one at
 * a time, as many as come, and the decision may be looked at after each: by Ville's inequality the chance of
 * ever promoting something that is not better by more than `minGain` is at most `alpha`, and so is that of
 * ever rejecting something that is. A test by betting (Waudby-Smith and Ramdas, 2024).
 *
 * @throws INVALID_OPTIONS
 */
export function createPromotion(options: PromotionOptions): PromotionState {
  const { bound, minGain = 0, alpha = 0.05, maxObservations } = options;
  check(bound > 0 && Number.isFinite(bound), 'bound', 'a number above 0', bound);
  check(Math.abs(minGain) < bound, 'minGain', 'a number nearer to 0 than bound', minGain);
  check(alpha > 0 && alpha < 1, 'alpha', 'above 0 and below 1', alpha);
  const whole =
    maxObservations === undefined || (Number.isInteger(maxObservations) && maxObservations > 0);
  check(whole, 'maxObservations', 'a whole number above 0', maxObservations);
  return {
    schema: 'comfygen/promotion@1',
    bound,
    minGain,
    alpha,
    maxObservations: maxObservations ?? null,
    decision: 'continue',
    observations: 0,
    sum: 0,
    squares: 0,
    logWealth: { better: 0, notBetter: 0 },
  };
}

/**
 * The trial after one more difference, new minus old: of two scores for the same prompt, or from a log by
 * `loggedDifference`. Once it is decided it stays so.
 *
 * @throws INVALID_OPTIONS for a difference beyond the bound, which would make the promise void
 */
export function observePromotion(state: PromotionState, difference: number): PromotionState {
  const { bound, minGain, alpha, maxObservations, logWealth } = state;
  check(
    Math.abs(difference) <= bound,
    'difference',
    `a number from −${bound} to ${bound}`,
    difference,
  );
  if (state.decision !== 'continue') return state;
  const better = logWealth.better + logReturn(state, difference, 1);
  const notBetter = logWealth.notBetter + logReturn(state, difference, -1);
  const observations = state.observations + 1;
  const isLate = maxObservations !== null && observations >= maxObservations;
  const proof = Math.log(1 / alpha);
  const rejected = notBetter >= proof || isLate;
  const excess = difference - minGain;
  return {
    ...state,
    decision: better >= proof ? 'promote' : rejected ? 'reject' : 'continue',
    observations,
    sum: state.sum + excess,
    squares: state.squares + excess * excess,
    logWealth: { better, notBetter },
  };
}

/**
 * The difference that one logged choice shows between two flows, where choices were drawn by `explore`:
 * the reward from the middle of its range, divided by the chance of the draw, with the sign of the flow that
 * was drawn. Its bound is half the range ÷ the least chance of the two (`floor` of `explore`). `undefined`
 * for a record that says nothing of them.
 */
export function loggedDifference(
  record: RunRecord,
  {
    candidate,
    champion,
    range,
    reward = 'score',
  }: {
    /** The new flow. */
    candidate: string;
    /** The flow in use. */
    champion: string;
    /** The lowest and the highest possible reward: the scorer's range. */
    range: readonly [low: number, high: number];
    /** What counts as a reward. Default `score`. */
    reward?: RewardSource | undefined;
  },
): number | undefined {
  const entry = readEntry(record, reward);
  if (typeof entry === 'string') return undefined;
  const chances = [candidate, champion].map((flowId) => record.probabilities[flowId] ?? 0);
  // Where one of the two could not be drawn, the run says nothing of their difference.
  if (chances.some((chance) => chance === 0)) return undefined;
  const sign = Number(entry.flowId === candidate) - Number(entry.flowId === champion);
  const fromMiddle = entry.reward - (range[0] + range[1]) / 2;
  return (sign * fromMiddle) / entry.probability;
}

/**
 * What betting on one side returns, as a logarithm. The stake comes from earlier differences only, which
 * makes the game fair where the new one is not better; at most half of what could be lost is staked.
 */
function logReturn(state: PromotionState, difference: number, side: 1 | -1): number {
  const { bound, minGain, observations, sum, squares } = state;
  const most = 0.5 / (bound + side * minGain);
  // One imagined difference of 0, and a quarter of the bound squared for its variance, begin the estimate.
  const mean = (side * sum) / (observations + 1);
  const secondMoment = (squares + (bound * bound) / 4) / (observations + 1);
  const stake = Math.min(most, Math.max(0, mean / secondMoment));
  return Math.log1p(stake * side * (difference - minGain));
}

function check(isGood: boolean, name: string, allowed: string, got: unknown): void {
  if (isGood) return;
  throw new ComfygenError('INVALID_OPTIONS', `${name} must be ${allowed}; got ${String(got)}.`, {
    details: { name, got },
  });
}
