import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDurationMs, parseSeed, parseWhole, toSeed } from './parse-values.ts';

describe('parseSeed', () => {
  it('keeps every seed exactly, as a number where one can hold it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const seed = parseSeed(String(value));
        expect(BigInt(seed)).toBe(value);
        expect(typeof seed).toBe(value <= 2n ** 53n - 1n ? 'number' : 'bigint');
      }),
    );
  });

  it.each(['-1', '1.5', '0x10', '', 'seven', '18446744073709551616', '1e3'])(
    'refuses %j',
    (text) => {
      expect(() => parseSeed(text)).toThrow('0 to 18446744073709551615');
      expect(toSeed(text)).toBeUndefined();
    },
  );
});

describe('parseWhole', () => {
  const parse = parseWhole('A count', 1, 64);
  it('takes its limits', () => expect([parse('1'), parse('64')]).toEqual([1, 64]));
  it.each(['0', '65', '2.5', '-3', 'many', ''])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow('A count is a whole number from 1 to 64.');
  });
});

describe('parseDurationMs', () => {
  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['1500ms', 1500],
    ['2.5m', 150_000],
    ['1h', 3_600_000],
  ])('%s is %d ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms));
  it.each(['0', '-1s', 'soon', '25h', '1d', 's'])('refuses %j', (text) => {
    expect(() => parseDurationMs(text)).toThrow('90s');
  });
});
