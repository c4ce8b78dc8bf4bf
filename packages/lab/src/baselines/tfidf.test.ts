import { describe, expect, it } from 'vitest';
import { indexTexts } from './tfidf.ts';

describe('indexTexts', () => {
  const index = indexTexts([
    'a photo of a bench',
    'A photo, of a ZEBRA!',
    'a zebra and a lion in tall grass',
    'nothing alike',
  ]);

  it('puts the text that shares most of its weight first', () => {
    expect(index.nearest('zebra photo', 9)).toEqual([1, 0, 2]);
    expect(index.nearest('zebra photo', 1)).toEqual([1]);
  });

  it('finds none where no word is shared, and keeps the order of equal ones', () => {
    expect(index.nearest('qwerty', 9)).toEqual([]);
    expect(indexTexts(['x y', 'x y']).nearest('y', 9)).toEqual([0, 1]);
  });
});
