import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareIds, isLink } from './links.ts';

describe('isLink', () => {
  it.each([
    [['4', 0], true],
    [['4', -1], true],
    [[4, 0], false],
    [['4'], false],
    [['4', '0'], false],
    [['4', 0, 1], false],
    ['4', false],
    [null, false],
  ])('%j: %s', (value, expected) => expect(isLink(value)).toBe(expected));
});

describe('compareIds', () => {
  it('puts numbers by value before words, and nodes of a subgraph behind it', () => {
    const ids = ['b', '57:13', '10', '57', '9', '57:2', 'a'];
    expect(ids.sort(compareIds)).toEqual(['9', '10', '57', '57:2', '57:13', 'a', 'b']);
  });

  it('gives one order, whatever it starts from', () => {
    const id = fc.oneof(fc.nat(99).map(String), fc.stringMatching(/^[0-9:a]{0,6}$/));
    fc.assert(
      fc.property(fc.uniqueArray(id), fc.func(fc.nat()), (ids, rank) => {
        const shuffled = [...ids].sort((a, b) => rank(a) - rank(b));
        expect(shuffled.sort(compareIds)).toEqual([...ids].sort(compareIds));
      }),
    );
  });
});
