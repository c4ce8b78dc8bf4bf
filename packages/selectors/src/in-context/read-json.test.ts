import { describe, expect, it } from 'vitest';
import { readJson } from './read-json.ts';

describe('readJson', () => {
  it.each([
    ['bare', '{"a":1}'],
    ['in a fence', 'Here:\n```json\n{"a":1}\n```\nEnjoy {it}.'],
    ['behind braces that are none', 'Row {3} of {the list}: {"a":1}'],
    ['twice', '{"a":1}\n{"a":2}'],
  ])('finds an object %s', (_, text) => {
    expect(readJson(text)).toEqual({ a: 1 });
  });

  it('reads braces and quotes in strings', () => {
    const value = { a: 'x } " { \\', b: [{ c: '}' }] };
    expect(readJson(`so: ${JSON.stringify(value)} ok }`)).toEqual(value);
  });

  it.each(['', 'no', '[1]', '{"a":', '{"a":"', '}{', '{'.repeat(10_000)])(
    'gives nothing for %s',
    (text) => {
      expect(readJson(text)).toBeUndefined();
    },
  );
});
