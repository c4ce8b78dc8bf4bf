import { nearest } from 'comfygen/plugin';

/** ` Did you mean X?` with the word that was probably meant; empty where none is close. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}
