import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from './statistics.ts';

describe('normalCdf', () => {
  // By the error function of Python's math module.
  it.each([
    [-8, 6.220960574271819e-16],
    [-3, 0.0013498980316300957],
    [-2.999, 0.0013543365337271066],
    [-0.5, 0.3085375387259869],
    [0, 0.5],
    [1.96, 0.9750021048517795],
  ])('of %d', (x, expected) => {
    expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-12);
  });
});

describe('normalQuantile', () => {
  it.each([0.001, 0.05, 0.5, 0.975])('turns %d back', (chance) => {
    expect(normalCdf(normalQuantile(chance))).toBeCloseTo(chance, 12);
  });
});
