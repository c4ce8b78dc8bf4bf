import { createRandom } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { testRecord } from './__fixtures__/parts.ts';
import {
  createPromotion,
  loggedDifference,
  observePromotion,
  type PromotionOptions,
} from './promotion.ts';

/** Differences of two scores from 0 to 1, one looked at after the other, until a decision. */
function runTrial(seed: number, gain: number, options: PromotionOptions, most: number) {
  const random = createRandom(seed);
  let state = createPromotion(options);
  while (state.decision === 'continue' && state.observations < most) {
    // Between ±1 at most, with the mean `gain`.
    const difference = gain + (1 - Math.abs(gain)) * (random() - random()) * 0.6;
    state = observePromotion(state, difference);
  }
  return state;
}

const share = (gain: number, decision: string, trials: number, most: number) => {
  let count = 0;
  for (let seed = 0; seed < trials; seed += 1) {
    count += Number(runTrial(seed, gain, { bound: 1 }, most).decision === decision);
  }
  return count / trials;
};

describe('promotion', () => {
  it('promotes what is no better in at most 5 % of trials, however often one looks', () => {
    expect(share(0, 'promote', 400, 1_000)).toBeLessThanOrEqual(0.05);
    expect(share(-0.05, 'promote', 100, 1_000)).toBeLessThanOrEqual(0.05);
  });

  it('promotes what is better, and rejects what is worse', () => {
    expect(share(0.1, 'promote', 100, 1_000)).toBeGreaterThan(0.9);
    expect(share(-0.1, 'reject', 100, 1_000)).toBeGreaterThan(0.9);
  });

  it('asks for more than a small gain where it is told to', () => {
    const state = runTrial(1, 0.1, { bound: 1, minGain: 0.2 }, 2_000);
    expect(state.decision).toBe('reject');
  });

  it('goes on from JSON, changes nothing that it was given, and stays decided', () => {
    const first = createPromotion({ bound: 1 });
    const before = JSON.stringify(first);
    let one = first;
    let other = first;
    for (let n = 0; n < 200; n += 1) {
      one = observePromotion(one, 0.5);
      other = observePromotion(JSON.parse(JSON.stringify(other)), 0.5);
    }
    expect(JSON.stringify(first)).toBe(before);
    expect(other).toEqual(one);
    expect(one.decision).toBe('promote');
    expect(observePromotion(one, -1)).toEqual(one);
  });

  it('gives up after as many as it was told', () => {
    let state = createPromotion({ bound: 1, maxObservations: 10 });
    for (let n = 0; n < 10; n += 1) state = observePromotion(state, n % 2 === 0 ? 0.1 : -0.1);
    expect(state.decision).toBe('reject');
  });

  it.each([
    { bound: 0 },
    { bound: 1, minGain: 1 },
    { bound: 1, alpha: 0 },
    { bound: 1, maxObservations: 0 },
  ])('refuses %j', (options) => {
    expect(() => createPromotion(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS' }),
    );
  });

  it('refuses a difference beyond its bound', () => {
    const state = createPromotion({ bound: 1 });
    for (const difference of [1.1, Number.NaN]) {
      expect(() => observePromotion(state, difference)).toThrow(/difference must be/);
    }
  });
});

describe('loggedDifference', () => {
  const pair = { candidate: 'new', champion: 'old', range: [0, 1] as const };

  it('is right on average over the draws', () => {
    const chances = { new: 0.2, old: 0.5, other: 0.3 };
    const scores = { new: 0.9, old: 0.6, other: 0.1 };
    const mean = Object.entries(chances)
      .map(([flowId, chance]) => {
        const record = testRecord(flowId, scores[flowId as keyof typeof scores], chances);
        return chance * loggedDifference(record, pair)!;
      })
      .reduce((sum, value) => sum + value, 0);
    expect(mean).toBeCloseTo(0.3, 12);
  });

  it('says nothing of a run that could not have drawn both, or has no score', () => {
    expect(loggedDifference(testRecord('old', 0.5, { old: 1 }), pair)).toBeUndefined();
    expect(loggedDifference(testRecord('old', null, { old: 0.5, new: 0.5 }), pair)).toBeUndefined();
  });
});
