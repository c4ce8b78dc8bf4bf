import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseAspect,
  parseDurationMs,
  parseInput,
  parseSeed,
  parseWhole,
  toSeed,
} from './parse-values.ts';

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

describe('parseInput', () => {
  it.each([
    ['steps=30', 'steps', 30],
    ['cfg=-6.5e-1', 'cfg', -0.65],
    ['12.denoise=.6', '12.denoise', 0.6],
    ['on=true', 'on', true],
    ['sampler=dpmpp_2m', 'sampler', 'dpmpp_2m'],
    ['6.text="30"', '6.text', '30'],
    ['6.text=a = b', '6.text', 'a = b'],
    ['6.text=', '6.text', ''],
    ['seed2=18446744073709551615', 'seed2', 18446744073709551615n],
  ])('%s', (text, name, value) => expect(parseInput(text)).toEqual({ [name]: { value } }));

  it('marks one that may be missing, and gathers several, the last of a name', () => {
    const first = parseInput('guidance?=3');
    expect(parseInput('steps=4', parseInput('steps=9', first))).toEqual({
      guidance: { value: 3, optional: true },
      steps: { value: 4 },
    });
  });

  it.each(['steps', '=3', '?=3', ''])('refuses %j', (text) => {
    expect(() => parseInput(text)).toThrow('NAME=VALUE');
  });
});

describe('parseAspect', () => {
  it.each([
    ['16:9', '16:9'],
    ['1.85:1', '1.85:1'],
    [' 3/2 ', '3:2'],
  ])('%j is %s', (text, ratio) => expect(parseAspect(text)).toBe(ratio));
  it.each(['16', '0:1', '17:1', '1:0', 'wide', '-1:2'])('refuses %j', (text) => {
    expect(() => parseAspect(text)).toThrow('A ratio is width to height');
  });
});
