import { describe, expect, it } from 'vitest';
import { hashSeed, seedRandom, shuffle } from '../random.ts';
import { bootstrapRecovery, quantile, recovery } from './bootstrap.ts';
import { judgeRanking, type Outcome } from './judge-ranking.ts';
import { expectedWinner } from './verify.ts';

describe('expectedWinner', () => {
  it('is the best of all for a perfect verifier', () => {
    expect(expectedWinner([3, 1, 7], 1)).toBe(7);
  });

  it('weighs two by how often the better is found', () => {
    expect(expectedWinner([3, 1], 0.75)).toBe(2.5);
    expect(expectedWinner([4], 0.75)).toBe(4);
  });

  it('lets the winner of two meet the third, as many drawn tournaments would', () => {
    const scores = [3, 1, 7];
    const random = seedRandom('tournament');
    const better = (a: number, b: number) =>
      random.next() < 0.75 ? Math.max(a, b) : Math.min(a, b);
    let sum = 0;
    for (let game = 0; game < 40_000; game += 1)
      sum += better(better(scores[0]!, scores[1]!), scores[2]!);
    expect(expectedWinner(scores, 0.75)).toBeCloseTo(sum / 40_000, 1);
  });
});

const outcome = (split: number, text: number, score: number): Outcome => {
  const scores = new Map([
    ['a', score],
    ['b', 0],
    ['c', 1],
  ]);
  const ranked = [{ flowId: 'a', interval: null }];
  return judgeRanking(
    { split, text, scores, single: 0 },
    { ranked, abstained: false, micros: null },
  );
};

describe('bootstrapRecovery', () => {
  it('has an interval about as wide as the spread of fresh samples', () => {
    const sample = (seed: number) => {
      const random = seedRandom('sample', seed);
      return Array.from({ length: 100 }, (_, text) => outcome(0, text, random.next()));
    };
    const fresh = Array.from(
      { length: 400 },
      (_, seed) => recovery(sample(seed), ({ score }) => score)!,
    );
    fresh.sort((a, b) => a - b);
    const { low, high } = bootstrapRecovery(sample(0), 7)!;
    const width = quantile(fresh, 0.975) - quantile(fresh, 0.025);
    expect((high - low) / width).toBeGreaterThan(0.75);
    expect((high - low) / width).toBeLessThan(1.3);
  });

  it('is wider where prompts are copies of each other', () => {
    const random = seedRandom('copies');
    const scores = Array.from({ length: 20 }, () => random.next());
    const once = scores.flatMap((score, text) =>
      [0, 1, 2, 3, 4].map(() => outcome(0, text, score)),
    );
    const apart = once.map((one, text) => ({ ...one, text }));
    const [clustered, independent] = [bootstrapRecovery(once, 1)!, bootstrapRecovery(apart, 1)!];
    expect(clustered.high - clustered.low).toBeGreaterThan(
      1.5 * (independent.high - independent.low),
    );
  });

  it('is null where there is nothing to gain', () => {
    const scores = new Map([
      ['a', 1],
      ['b', 1],
    ]);
    const ranking = { ranked: [{ flowId: 'a', interval: null }], abstained: false, micros: null };
    expect(
      bootstrapRecovery([judgeRanking({ split: 0, text: 0, scores, single: 1 }, ranking)], 0),
    ).toBeNull();
  });
});

describe('seedRandom', () => {
  it('is the same for the same parts and even enough', () => {
    const draws = (seed: number) => {
      const random = seedRandom('x', seed);
      return Array.from({ length: 8000 }, () => random.below(8));
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
    const counts = Array.from(
      { length: 8 },
      (_, face) => draws(3).filter((one) => one === face).length,
    );
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('hashes as FNV-1a’s authors publish', () => {
    expect([hashSeed('a'), hashSeed('foobar')]).toEqual([0xe40c292c, 0xbf9cf968]);
  });

  it('shuffles without losing anything', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = shuffle(items, seedRandom('shuffle'));
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  });
});
