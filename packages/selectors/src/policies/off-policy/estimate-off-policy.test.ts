import type { RunRecord } from 'comfygen/plugin';
import { createTestFlow } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { saying, testRecord } from '../__fixtures__/parts.ts';
import { estimateOffPolicy } from './estimate-off-policy.ts';
import { simulateLog } from './simulate-log.ts';

describe('estimateOffPolicy', () => {
  it('comes within 2 % of the truth on at least 95 % of simulated logs', async () => {
    const logs = 60;
    let near = 0;
    let covered = 0;
    for (let seed = 0; seed < logs; seed += 1) {
      const { records, target, truth } = simulateLog({ seed, runs: 1_000 });
      const { value } = await estimateOffPolicy(records, target);
      near += Number(Math.abs(value.value / truth - 1) <= 0.02);
      covered += Number(value.low <= truth && truth <= value.high);
    }
    expect(near / logs).toBeGreaterThanOrEqual(0.95);
    expect(covered / logs).toBeGreaterThanOrEqual(0.85);
  });

  it('computes each estimator', async () => {
    const chances = { a: 0.5, b: 0.5 };
    const records = [
      testRecord('a', 1, chances),
      testRecord('a', 0.6, chances),
      testRecord('b', 0.2, chances),
      testRecord('b', 0.4, chances),
    ];
    const always = await estimateOffPolicy(records, () => ({ a: 1 }));
    expect(always.logged).toBeCloseTo(0.55, 12);
    expect(always.inversePropensity.value).toBeCloseTo(0.8, 12);
    expect(always.selfNormalised.value).toBeCloseTo(0.8, 12);
    // Of a: 0.6 + 2 · (1 − 0.6) and 1 + 2 · (0.6 − 1); of b: the mean of a twice.
    expect(always.doublyRobust.value).toBeCloseTo((1.4 + 0.2 + 0.8 + 0.8) / 4, 12);
    expect(always.effectiveSampleSize).toBe(2);
    expect(always.support).toBe(1);
  });

  it('asks a selector again with what each record keeps', async () => {
    const chances = { a: 0.5, b: 0.5 };
    const records = [testRecord('a', 1, chances), testRecord('b', 0, chances)];
    const flows = ['a', 'b', 'never-offered'].map((id) => createTestFlow(id));
    const { inversePropensity } = await estimateOffPolicy(records, saying({ a: {}, b: {} }), {
      flows,
    });
    expect(inversePropensity.value).toBe(1);
    await expect(estimateOffPolicy(records, saying({ a: {} }))).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
    });
  });

  it('says what the log can’t tell', async () => {
    const records = [testRecord('a', 1, { a: 1, b: 0 }), testRecord('a', 0.5, { a: 1, b: 0 })];
    const { support, warnings } = await estimateOffPolicy(records, () => ({ a: 0.25, b: 0.75 }));
    expect(support).toBe(0.25);
    expect(warnings.map(({ code }) => code)).toEqual(['no-support', 'few-choices']);
  });

  it('leaves out runs whose picture another flow made, and counts them', async () => {
    const chances = { a: 0.5, b: 0.5 };
    const candidates = (outcome: 'succeeded' | 'failed'): Partial<RunRecord> => ({
      candidates: [
        { flowId: 'a', outcome, score: 0.2 },
        { flowId: 'b', outcome: 'succeeded', score: 0.9 },
      ],
      images: [0.9, 0.2].map((score, n) => ({
        ...testRecord('b', score, {}).images[0]!,
        flowId: n === 0 ? 'b' : 'a',
      })),
    });
    const estimate = await estimateOffPolicy(
      [
        // The shortlist's best is b, but a was drawn.
        testRecord('b', 0.9, chances, candidates('succeeded')),
        testRecord('b', 0.9, chances, candidates('failed')),
        testRecord('b', 0.9, chances, { warnings: [{ code: 'fell-back', message: 'a failed' }] }),
        testRecord('b', null, chances),
        testRecord('b', 1, {}),
      ],
      () => ({ a: 1 }),
    );
    expect(estimate.logged).toBe(0.2);
    expect(estimate.leftOut).toEqual({ 'no-reward': 1, 'other-flow': 2, 'no-probability': 1 });
    expect(estimate.warnings.map(({ code }) => code)).toContain('records-left-out');
  });

  it('refuses a log that says nothing, and chances that are none', async () => {
    await expect(estimateOffPolicy([], () => ({ a: 1 }))).rejects.toMatchObject({
      code: 'INVALID_RECORD',
      message: expect.stringContaining('there are none'),
    });
    const records = [testRecord('a', 1, { a: 1 })];
    await expect(estimateOffPolicy(records, () => ({ a: 2 }))).rejects.toMatchObject({
      code: 'INVALID_RECORD',
    });
  });
});
