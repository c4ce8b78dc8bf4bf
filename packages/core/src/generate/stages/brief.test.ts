import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { Warning } from '../../spec/index.ts';
import type { GenerateOptions } from '../types.ts';
import { createBrief } from './brief.ts';

function briefOf(prompt: unknown, options: object = {}) {
  const warnings: Warning[] = [];
  return {
    ...createBrief(prompt as string, options as GenerateOptions, (w) => warnings.push(w)),
    warnings,
  };
}

describe('createBrief', () => {
  it('fills in what was left open, and draws a seed aloud', () => {
    const brief = briefOf('  a red apple \n');
    expect(brief).toMatchObject({ prompt: 'a red apple', limits: {}, options: {} });
    const { negative, width, height, count, index } = brief;
    expect({ negative, width, height, count, index }).toEqual({});
    expect(brief.warnings).toMatchObject([{ code: 'seed-drawn', details: { seed: brief.seed } }]);
    expect(brief.seed).toBeLessThan(2 ** 32);
  });

  it.each([
    [0, 0],
    [-0, 0],
    [0n, 0],
    [2 ** 53 - 1, 2 ** 53 - 1],
    [2n ** 53n, 2n ** 53n],
    [2n ** 64n - 1n, 2n ** 64n - 1n],
  ])('keeps seed %s exactly', (given, kept) => {
    expect(Object.is(briefOf('a', { seed: given }).seed, kept)).toBe(true);
  });

  it.each(['seed', 'width', 'count', 'index'])('says that a text is no number, for %s', (field) => {
    expect(() => briefOf('a', { [field]: '7' })).toThrow(/must be .*number.*; got the text "7"/);
  });

  it.each<[what: string, prompt: unknown, options: object, field: string]>([
    ['no prompt', undefined, {}, 'prompt'],
    ['a number as prompt', 7, {}, 'prompt'],
    ['10,000 words', 'word '.repeat(10_000), {}, 'prompt'],
    ['half a character', 'x\udc00', {}, 'prompt'],
    ['half a character in the negative', 'a', { negative: '\ud800' }, 'negative'],
    ['a fraction as seed', 'a', { seed: 0.5 }, 'seed'],
    ['NaN as seed', 'a', { seed: Number.NaN }, 'seed'],
    ['a text as seed', 'a', { seed: '7' }, 'seed'],
    ['2^53 as a number', 'a', { seed: 2 ** 53 }, 'seed'],
    ['-1n', 'a', { seed: -1n }, 'seed'],
    ['2^64', 'a', { seed: 2n ** 64n }, 'seed'],
    ['65 images', 'a', { count: 65 }, 'count'],
    ['half an image', 'a', { count: 0.5 }, 'count'],
    ['an image before the first', 'a', { index: -1 }, 'index'],
    ['an image behind the last', 'a', { count: 3, index: 3 }, 'index'],
    ['a size of 15', 'a', { width: 15 }, 'width'],
    ['a size of 16,385', 'a', { height: 16_385 }, 'height'],
    ['a text as size', 'a', { height: '512' }, 'height'],
    ['a negative cost', 'a', { limits: { maxCost: -1 } }, 'limits.maxCost'],
    ['NaN as limit', 'a', { limits: { maxDurationMs: Number.NaN } }, 'limits.maxDurationMs'],
    ['no end as limit', 'a', { limits: { maxCost: Number.POSITIVE_INFINITY } }, 'limits.maxCost'],
    ['a word as strictness', 'a', { strictLimits: 'yes' }, 'strictLimits'],
    ['a text as limit', 'a', { limits: { maxVramGb: '8' } }, 'limits.maxVramGb'],
    ['an unknown limit', 'a', { limits: { maxPrice: 1 } }, 'limits.maxPrice'],
    ['a word as permission', 'a', { limits: { commercialUse: 'yes' } }, 'limits.commercialUse'],
    ['null limits', 'a', { limits: null }, 'limits'],
    ['options that are no JSON', 'a', { options: { part: { n: 1n } } }, 'options'],
  ])('refuses %s, naming the field', (_what, prompt, options, field) => {
    expect(() => briefOf(prompt, options)).toThrow(
      expect.objectContaining({
        code: 'INVALID_BRIEF',
        details: expect.objectContaining({ fields: [field] }),
      }),
    );
  });

  it.each([
    ['maxcost', 'maxCost'],
    ['max_vram_gb', 'maxVramGb'],
    ['comercialUse', 'commercialUse'],
  ])('asks of limits.%s whether %s was meant', (wrong, meant) => {
    const message = `has no field ${wrong}; did you mean ${meant}?`;
    expect(() => briefOf('a', { limits: { [wrong]: 1 } })).toThrow(message);
  });

  it('shows no more than the start of a long value', () => {
    expect(() => briefOf('a', { seed: 'x'.repeat(10_000) })).toThrow(/got the text "x{60}…"\.$/);
  });

  it('takes any well-formed text, or says what is wrong', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(text, (prompt) => {
        try {
          expect(briefOf(prompt, { seed: 1 }).prompt).toBe(prompt.trim());
        } catch (error) {
          expect(ComfygenError.is(error, 'INVALID_BRIEF')).toBe(true);
        }
      }),
    );
  });

  it('shares nothing with the caller', () => {
    const options = { limits: { maxCost: 1 }, options: { part: { deep: { n: 1 } } }, seed: 1 };
    const brief = briefOf('a', options);
    options.limits.maxCost = 2;
    options.options.part.deep.n = 2;
    expect([brief.limits.maxCost, brief.options['part']]).toEqual([1, { deep: { n: 1 } }]);
  });
});
