import { ComfygenError, createCallContext, type SelectorV1 } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { saying, testRecord, testRequest } from './__fixtures__/parts.ts';
import { type CascadeOptions, cascade } from './cascade.ts';
import { isUnsure } from './is-unsure.ts';

const usage = { inputTokens: 10, outputTokens: 2, cachedTokens: 0, costUsd: 0.01 };
const sure = { a: { score: 0.9 }, b: { score: 0.2 } };
const unsure = { a: { score: 0.5 }, b: { score: 0.49 }, c: { score: 0 } };
const thinker = saying({ b: { score: 0.8 }, a: { score: 0.1 } }, { usage }, 'thinker');

const select = (cheap: SelectorV1, costly: SelectorV1, options?: CascadeOptions) =>
  cascade(cheap, costly, options).select(testRequest(['a', 'b', 'c']), createCallContext());

describe('cascade', () => {
  it('leaves a sure choice to the cheap one', async () => {
    const { ranked, evidence, usage: paid } = await select(saying(sure), thinker);
    expect(ranked[0]?.flowId).toBe('a');
    expect(evidence?.['cascade']).toMatchObject({ decidedBy: 'saying' });
    expect(paid).toBeUndefined();
  });

  it('asks the costly one where the cheap one is unsure, and passes on what it cost', async () => {
    const selection = await select(saying(unsure), thinker);
    expect(selection.ranked[0]?.flowId).toBe('b');
    expect(selection.evidence?.['cascade']).toMatchObject({ decidedBy: 'thinker' });
    expect(selection.usage).toEqual(usage);
    const both = await select(saying(unsure, { usage: { ...usage, costUsd: null } }), thinker);
    expect(both.usage).toEqual({
      inputTokens: 20,
      outputTokens: 4,
      cachedTokens: 0,
      costUsd: null,
    });
  });

  it('asks when the host says so', async () => {
    const { ranked } = await select(saying(sure), thinker, {
      when: ({ ranked }) => ranked.length > 1,
    });
    expect(ranked[0]?.flowId).toBe('b');
  });

  it('keeps the cheap choice where the costly one fails or ranks nothing', async () => {
    const broken: SelectorV1 = {
      ...thinker,
      select: () => Promise.reject(new ComfygenError('RATE_LIMITED', 'slow down')),
    };
    for (const costly of [broken, saying({}, {}, 'mute')]) {
      const { ranked, warnings } = await select(saying(unsure), costly);
      expect(ranked[0]?.flowId).toBe('a');
      expect(warnings.map(({ code }) => code)).toEqual(['cascade-failed']);
    }
  });

  it('rethrows the reason of an abort while the costly one thinks', async () => {
    const reason = new Error('changed my mind');
    const stop = new AbortController();
    const slow: SelectorV1 = {
      ...thinker,
      select: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new TypeError('socket closed')));
          stop.abort(reason);
        }),
    };
    const choosing = cascade(saying(unsure), slow).select(
      testRequest(['a', 'b', 'c']),
      createCallContext({ signal: stop.signal }),
    );
    await expect(choosing).rejects.toBe(reason);
  });

  it('teaches both', async () => {
    const taught: string[] = [];
    const pupil = (name: string): SelectorV1 => ({
      ...saying(sure, {}, name),
      supports: { deterministic: true },
      async learn() {
        taught.push(name);
        return { warnings: [{ code: 'noted', message: name }] };
      },
    });
    const both = cascade(pupil('one'), pupil('two'));
    const { warnings } = await both.learn!([testRecord('a', 1, { a: 1 })], createCallContext());
    expect(taught).toEqual(['one', 'two']);
    expect(warnings.map(({ message }) => message)).toEqual(['one', 'two']);
  });
});

describe('isUnsure', () => {
  const ask = async (...said: Parameters<typeof saying>) =>
    isUnsure(await saying(...said).select(testRequest(['a', 'b', 'c']), createCallContext()));
  const interval = (low: number, high: number) => ({
    score: low,
    interval: [low, high] as [number, number],
  });
  const gain = (low: number, over: string) => ({
    gain: { over, mean: 1, interval: [low, 2] as [number, number] },
  });

  it.each<[string, Parameters<typeof saying>, boolean]>([
    ['a clear lead', [sure], false],
    ['a small lead', [unsure], true],
    ['equal scores', [{ a: { score: 0 }, b: { score: 0 } }], true],
    ['no scores', [{ a: {}, b: {} }], true],
    ['one flow', [{ a: {} }], false],
    ['intervals that overlap', [{ a: interval(0.5, 0.9), b: interval(0.4, 0.6) }], true],
    ['intervals apart', [{ a: interval(0.5, 0.9), b: interval(0.1, 0.4) }], false],
    ['a gain that may be none', [sure, gain(-0.1, 'b')], true],
    ['a sure gain', [unsure, gain(0.1, 'b')], false],
    ['the best single flow first', [sure, gain(-0.1, 'a')], false],
    ['an abstention', [sure, { abstained: true }], true],
  ])('%s', async (_, said, expected) => {
    expect(await ask(...said)).toBe(expected);
  });
});
