import { createCallContext, type Selection, sealScoreTable } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { saying, testRequest } from './__fixtures__/parts.ts';
import { type AbstainOptions, abstain } from './abstain.ts';

const IDS = ['a', 'b', 'c'];
const scores = {
  a: { score: 0.7, interval: [0.6, 0.8] as [number, number] },
  b: { score: 0.5, interval: [0.4, 0.6] as [number, number] },
  c: { score: 0.1, interval: [0, 0.2] as [number, number] },
};
const gain = (low: number, over = 'b'): Partial<Selection> => ({
  gain: { over, mean: 0.2, interval: [low, 0.4] },
});
const select = (said: Parameters<typeof saying>, options: AbstainOptions = {}, ids = IDS) =>
  abstain(saying(...said), options).select(testRequest(ids), createCallContext());

const cell = (mean: number, count = 5) => ({ mean, standardError: 0.1, count });
const table = sealScoreTable({
  scorer: null,
  prompts: 5,
  flows: ['gone', 'c', 'a', 'new'],
  labels: [],
  overall: [cell(0.9), cell(0.6), cell(0.5), cell(0.8, 0)],
  byLabel: [],
});

describe('abstain', () => {
  it('keeps a choice whose gain is surely above 0', async () => {
    const { ranked, abstained } = await select([scores, gain(0.01)]);
    expect(ranked[0]?.flowId).toBe('a');
    expect(abstained).toBeUndefined();
  });

  it('takes the best single flow where the gain may be none, and says why', async () => {
    const selection = await select([scores, gain(-0.05)]);
    expect(selection.ranked.map(({ flowId, probability }) => [flowId, probability])).toEqual([
      ['b', 1],
      ['a', 0],
      ['c', 0],
    ]);
    expect(selection.abstained).toBe(true);
    expect(selection.gain).toEqual({ over: 'b', mean: 0, interval: [0, 0] });
    expect(selection.reason).toContain('gain +0.20, 90 % interval −0.050 to +0.40');
    expect(selection.evidence?.['abstain']).toMatchObject({ from: 'a', to: 'b' });
  });

  it('asks for more than a small gain where it is told to', async () => {
    const { abstained } = await select([scores, gain(0.05)], { minGain: 0.1 });
    expect(abstained).toBe(true);
  });

  it('reads the gain from scores and intervals where none is stated', async () => {
    // 0.2 − √(0.1² + 0.1²) = 0.059 above b; c is far behind.
    expect((await select([scores], { best: 'b' })).abstained).toBeUndefined();
    const wide = { ...scores, b: { score: 0.5, interval: [0.3, 0.7] as [number, number] } };
    expect((await select([wide], { best: 'b' })).abstained).toBe(true);
  });

  it('abstains where nothing is known of the gain', async () => {
    const { ranked, reason } = await select([{ a: {}, b: {} }], { best: 'b' });
    expect(ranked[0]?.flowId).toBe('b');
    expect(reason).toContain('is not predicted');
  });

  it('finds the best flow on offer in a table, of those that were scored', async () => {
    const { ranked } = await select([{ a: {}, b: {} }], { best: table });
    expect(ranked.map(({ flowId }) => flowId)).toEqual(['c', 'a', 'b']);
  });

  it('leaves the choice where no best flow is known or on offer', async () => {
    for (const options of [{}, { best: 'gone' }]) {
      const { ranked, warnings } = await select([{ a: {}, b: {} }], options);
      expect(ranked[0]?.flowId).toBe('a');
      expect(warnings.map(({ code }) => code)).toEqual(['best-flow-unknown']);
    }
  });

  it('leaves a drawn choice as it is', async () => {
    const said = { a: { probability: 0.4 }, b: { probability: 0.6 } };
    const { ranked, warnings } = await select([said], { best: 'b' });
    expect(ranked.map(({ probability }) => probability)).toEqual([0.4, 0.6]);
    expect(warnings.map(({ code }) => code)).toEqual(['abstain-drawn']);
  });

  it('refuses options that it does not know, and a damaged table', () => {
    expect(() => abstain(saying({}), { bset: 'a' } as AbstainOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS' }),
    );
    expect(() => abstain(saying({}), { best: { ...table, prompts: 6 } })).toThrow(
      expect.objectContaining({ code: 'INVALID_SCORES' }),
    );
  });
});
