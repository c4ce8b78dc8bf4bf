import { describe, expect, it } from 'vitest';
import type { Brief } from '../../spec/index.ts';
import { createBrief } from './brief.ts';

const read = (inputs: unknown): Brief['inputs'] =>
  createBrief('a fox', { seed: 1, inputs } as never, () => {}).inputs;

describe('inputs of a brief', () => {
  it('are values, or values that may be left out', () => {
    expect(read({ steps: 30, '12.denoise': { value: 0.5, optional: true } })).toEqual({
      steps: { value: 30 },
      '12.denoise': { value: 0.5, optional: true },
    });
    expect(read({ 'lora:Tinte-ähnlich': 1, '57:13.on': false, a_b: 'x', big: 2n ** 63n })).toEqual({
      'lora:Tinte-ähnlich': { value: 1 },
      '57:13.on': { value: false },
      a_b: { value: 'x' },
      big: { value: 2n ** 63n },
    });
    expect(read({ steps: 30n, zero: -0 })).toEqual({ steps: { value: 30 }, zero: { value: 0 } });
    expect(read({})).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['not a number', { steps: Number.NaN }],
    ['infinite', { steps: Number.POSITIVE_INFINITY }],
    ['too large', { steps: 2n ** 64n }],
    ['an object', { steps: { a: 1 } }],
    ['an object within', { steps: { value: { a: 1 } } }],
    ['a list', { steps: [1] }],
    ['nothing', { steps: null }],
    ['nothing at all', { steps: undefined }],
    ['an odd mark', { steps: { value: 1, optional: 'yes' } }],
    ['an odd key', { steps: { value: 1, extra: 1 } }],
    ['half a character', { '3.text': '\ud800' }],
    ['too long', { '3.text': 'x'.repeat(10_001) }],
    ['an odd name', { 'a b': 1 }],
    ['an empty name', { '': 1 }],
    ['a name that is no one’s', Object.fromEntries([['__proto__', 1]])],
    ['a long name', { ['x'.repeat(201)]: 1 }],
    ['too many', Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`a${at}`, 1]))],
    ['a list of them', [1]],
    ['a text', 'steps=3'],
  ])('that are %s are INVALID_BRIEF', (_what, inputs) => {
    expect(() => read(inputs)).toThrow(expect.objectContaining({ code: 'INVALID_BRIEF' }));
  });

  it.each([
    ['seed', 'seed'],
    ['noise_seed', 'seed'],
    ['prompt', 'the first argument'],
    ['negative', 'negative'],
    ['Width', 'width'],
    ['batch_size', 'count'],
    ['strength', 'strength'],
  ])('refuse %s, which has an option of its own', (name, option) => {
    expect(() => read({ [name]: 1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_BRIEF', message: expect.stringContaining(option) }),
    );
  });

  it('tell a getter that throws as a wrong brief', () => {
    const given = {
      get steps(): number {
        throw new Error('no');
      },
    };
    expect(() => read(given)).toThrow(expect.objectContaining({ code: 'INVALID_BRIEF' }));
  });
});
