import { describe, expect, it } from 'vitest';
import { usageOf } from './prices.ts';
import { isClosed } from './schema.ts';

describe('isClosed', () => {
  const text = { type: 'string' };
  const closed = (properties: object, more: object = {}) => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
    ...more,
  });
  it.each([
    ['all keys named and required', closed({ a: text }), true, true],
    ['an optional key', closed({ a: text }, { required: [] }), true, false],
    ['keys of any name', closed({}, { additionalProperties: text }), false, false],
    ['no word on other keys', { type: 'object', properties: { a: text } }, true, false],
    ['any object', { type: 'object' }, false, false],
    ['any value', closed({ a: {} }), false, false],
    [
      'a list of any object',
      closed({ a: { type: 'array', items: { type: 'object' } } }),
      false,
      false,
    ],
    ['a list of anything', closed({ a: { type: 'array' } }), false, false],
    ['one of two', closed({ a: { anyOf: [text, { type: 'null' }] } }), true, true],
    ['a key that is named "type"', closed({ type: { enum: ['object'] } }), true, true],
  ])('%s', (_what, schema, loosely, strictly) => {
    expect(isClosed(schema, { strict: false })).toBe(loosely);
    expect(isClosed(schema, { strict: true })).toBe(strictly);
  });
});

describe('usageOf', () => {
  const tokens = { plain: 1_000, cacheRead: 4_000, cacheWrite: 0, output: 100 };
  it('adds up what has a price', () => {
    const usage = usageOf(tokens, { input: 3, output: 15, cacheRead: 0.3 });
    expect(usage).toMatchObject({ inputTokens: 5_000, outputTokens: 100, cachedTokens: 4_000 });
    expect(usage.costUsd).toBeCloseTo(0.003 + 0.0012 + 0.0015, 12);
  });
  it('knows no cost without a price that is needed', () => {
    expect(usageOf(tokens, undefined).costUsd).toBeNull();
    expect(usageOf(tokens, { input: 3, output: 15 }).costUsd).toBeNull();
    expect(usageOf({ ...tokens, cacheRead: 0 }, { input: 3, output: 15 }).costUsd).toBeCloseTo(
      0.0045,
      12,
    );
  });
});
