import { IRREGULAR_PLURALS, NO_SINGULAR } from './lexicon.ts';

/** The singular of an English noun, by rule and a list of exceptions; what is not plural stays. */
export function singular(noun: string): string {
  const word = noun.toLowerCase();
  const irregular = IRREGULAR_PLURALS.get(word) ?? compound(word);
  if (irregular !== undefined) return noun[0] === word[0] ? irregular : capitalised(irregular);
  if (NO_SINGULAR.has(word) || word.length < 4 || !word.endsWith('s')) return noun;
  if (/(ss|us|is)$/.test(word)) return noun;
  if (/[^aeiou]ies$/.test(word)) return `${noun.slice(0, -3)}y`;
  if (/(ch|sh|ss|x|zz|us)es$/.test(word)) return noun.slice(0, -2);
  return noun.slice(0, -1);
}

/** `firemen`, `snowmen`, `grandchildren`. */
function compound(word: string): string | undefined {
  if (word.length > 5 && word.endsWith('men')) return `${word.slice(0, -3)}man`;
  if (word.endsWith('children')) return word.slice(0, -3);
  return undefined;
}

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
