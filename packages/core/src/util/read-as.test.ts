import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nearest } from './nearest.ts';
import { parseOptions, readAs } from './read-as.ts';

const schema = z.strictObject({
  steps: z.int().min(1).max(1000).default(20),
  strength: z.number().positive().max(1).optional(),
  tags: z.array(z.string().min(1)).default([]),
  url: z.url().optional(),
  size: z.union([z.literal('auto'), z.int().min(16).multipleOf(8)]).optional(),
  mode: z.enum(['fast', 'careful']).nullable().optional(),
  apiKey: z.string().min(20).optional(),
  id: z
    .string()
    .regex(/^[a-z]+$/, { error: 'must be lower case' })
    .optional(),
  member: z
    .union([z.string(), z.strictObject({ name: z.string(), weight: z.number() })])
    .optional(),
  signal: z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }).optional(),
  limits: z.strictObject({ maxCost: z.number(), maxDurationMs: z.number() }).partial().optional(),
});
const read = (value: unknown) =>
  readAs(schema, value, { what: 'makePicture', code: 'INVALID_OPTIONS' });

describe('readAs', () => {
  it('gives what the schema gives: defaults and types', () => {
    expect(read({ strength: 0.5 })).toEqual({ steps: 20, tags: [], strength: 0.5 });
  });

  it.each<[unknown, string]>([
    [{ steps: 0 }, 'makePicture: steps must be a whole number from 1 to 1000; got 0.'],
    [{ steps: 2.5 }, 'makePicture: steps must be a whole number from 1 to 1000; got 2.5.'],
    [{ strength: 0 }, 'makePicture: strength must be a number above 0 up to 1; got 0.'],
    [{ strength: Number.NaN }, 'makePicture: strength must be a number above 0 up to 1; got NaN.'],
    [{ tags: 'fast' }, 'makePicture: tags must be a list; got "fast".'],
    [{ tags: ['a', ''] }, 'makePicture: tags[1] must be a text that is not empty; got "".'],
    [{ url: 'here' }, 'makePicture: url must be a URL; got a text.'],
    [
      { size: 17 },
      'makePicture: size must be auto or a whole number from 16 on, a multiple of 8; got 17.',
    ],
    [
      { mode: 'fastt' },
      'makePicture: mode must be one of fast, careful or null; got "fastt"; did you mean fast?',
    ],
    [{ id: 'A1' }, 'makePicture: id must be lower case; got "A1".'],
    [{ signal: 3 }, 'makePicture: signal must be an AbortSignal; got 3.'],
    [{ member: { name: 'a' } }, 'makePicture: member.weight is missing; it must be a number.'],
    [{ member: 3 }, 'makePicture: member must be a text or an object; got 3.'],
    [undefined, 'makePicture takes an object of options; got undefined.'],
    [[], 'makePicture takes an object of options; got a list.'],
  ])('says of %o what is allowed and what was received', (value, message) => {
    expect(() => read(value)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message }),
    );
  });

  it('says of the whole what a schema says of the whole', () => {
    const pair = z.object({ a: z.number(), b: z.number() }).refine(({ a, b }) => a < b, {
      error: 'a lies above b',
    });
    const as = { what: 'range', code: 'INVALID_OPTIONS' } as const;
    expect(() => readAs(pair, { a: 2, b: 1 }, as)).toThrow('range: a lies above b.');
  });

  it('says which keys there are and which was meant', () => {
    const all = 'steps, strength, tags, url, size, mode, apiKey, id, member, signal, limits';
    expect(() => read({ stps: 3 })).toThrow(
      `makePicture has no option stps; did you mean steps? There are ${all}.`,
    );
    expect(() => read({ zzz: 3, yyy: 4 })).toThrow(
      `makePicture has no option zzz, yyy; there are ${all}.`,
    );
    expect(() => read({ limits: { maxcost: 3 } })).toThrow(
      'makePicture: limits has no option maxcost; did you mean maxCost? There are maxCost, maxDurationMs.',
    );
    expect(() => read({ member: { name: 'a', weight: 1, colour: 1 } })).toThrow(
      'makePicture: member has no option colour; there are name, weight.',
    );
  });

  it('tells everything that is wrong, the whole first, and lists the fields for a program', () => {
    expect(() => read({ steps: 0, tags: [1], stps: 3 })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^makePicture has no option stps; .* steps must be .*; got 0\. tags\[0\] must be .*; got 1\.$/,
        ),
        details: {
          fields: ['steps', 'tags[0]', 'stps'],
          issues: expect.arrayContaining([
            expect.stringMatching(/^makePicture has no option stps/),
          ]),
        },
      }),
    );
  });

  it('speaks of fields where no options are read', () => {
    const as = { what: 'flow x', code: 'INVALID_FLOW' } as const;
    expect(() => readAs(schema, { stps: 3 }, as)).toThrow('flow x has no field stps; did you');
    expect(() => readAs(schema, 3, as)).toThrow('flow x must be an object; got 3.');
  });

  it('never shows the text of a secret', () => {
    expect(() => read({ apiKey: 'short-one' })).toThrow(
      'apiKey must be a text of 20 or more characters; got a text.',
    );
  });

  it('reads the schemas of other libraries, in their own words', () => {
    const other = {
      '~standard': {
        version: 1,
        validate: () => ({ issues: [{ message: 'odd', path: [{ key: 'a' }, 'b'] }] }),
      },
    } as const;
    expect(() => readAs(other, {}, { what: 'x', code: 'INVALID_OPTIONS' })).toThrow('x: a.b: odd.');
  });
});

describe('parseOptions', () => {
  const part = { role: 'executor', name: 'mine' } as const;

  it('names the part', () => {
    expect(() => parseOptions(part, schema, { steps: 0 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTIONS',
        message: expect.stringMatching(/^executor mine: steps must be/),
        part,
      }),
    );
  });

  it('refuses a schema that answers later', () => {
    const later = z.string().refine(async () => true);
    expect(() => parseOptions(part, later, 'x')).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS' }),
    );
  });
});

describe('nearest', () => {
  it('is the word with few other letters, or none', () => {
    expect(nearest('excutor', ['scorer', 'executor'])).toBe('executor');
    expect(nearest('colour', ['scorer', 'executor'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });
});
