import {
  ADJECTIVES,
  CLAUSE_WORDS,
  COLLECTIVES,
  DETERMINERS,
  ING_NOUNS,
  IRREGULAR_PLURALS,
  NO_SINGULAR,
  NUMBER_WORDS,
  PARTICIPLES,
  PREPOSITIONS,
} from './lexicon.ts';
import { singular } from './singular.ts';
import type { Token } from './tokens.ts';

/** One thing that a text names. */
export interface NounPhrase {
  /** Without articles and numbers, as written. */
  text: string;
  /** The same with its head in the singular where more than one is asked for. */
  single: string;
  /** How many, where the text says it. */
  count: number | undefined;
  /** The last word of the head, in lower case. */
  head: string;
  /** Whether an article or a number stands before it. */
  determined: boolean;
  /** The first token that is not part of it. */
  end: number;
}

// Longer runs are tag lists without commas, not names of things.
const MAX_WORDS = 8;
// Keeps a text of nothing but articles linear.
const MAX_DETERMINERS = 8;
// Years, focal lengths and model numbers are no counts.
const MAX_COUNT = 99;

/** What a number word or a string of digits counts. */
export function numberOf(word: string): number | undefined {
  if (!/^\d{1,2}$/.test(word)) return NUMBER_WORDS.get(word);
  const value = Number(word);
  return value >= 1 && value <= MAX_COUNT ? value : undefined;
}

/** Reads articles, numbers and collectives: `a pair of`, `the three`, `half a dozen`. */
function readDeterminer(tokens: readonly Token[], start: number) {
  let at = start;
  let count: number | undefined;
  for (; at < Math.min(tokens.length, start + MAX_DETERMINERS); at += 1) {
    const word = tokens[at]!.word;
    const next = tokens[at + 1]?.word;
    const number = count === undefined ? countAt(word, next) : undefined;
    if (word === 'half' && next === 'a' && tokens[at + 2]?.word === 'dozen') {
      count = 6;
      at += 2;
    } else if (number !== undefined && !isMeasure(next)) {
      count = number;
      // "two dozen"
      if (next === 'dozen') {
        count *= 12;
        at += 1;
      }
    } else if (!DETERMINERS.has(word) && !(COLLECTIVES.has(word) && next === 'of')) {
      if (word !== 'of' || at === start) break;
    }
  }
  return { at, count, determined: at > start };
}

// "a couple shares a kiss": without "of", these are the thing itself.
const countAt = (word: string, next: string | undefined) =>
  /^(pair|couple|duo|trio|quartet)$/.test(word) && next !== 'of' ? undefined : numberOf(word);

const isMeasure = (word: string | undefined) =>
  word !== undefined && /^(k|mm|px|cm|m|km|d|am|pm|o'clock|years?|point)$/.test(word);

/** `sitting`, `covered in`: a doing that follows the thing, unless only adjectives came before. */
function isParticiple(tokens: readonly Token[], at: number, onlyAdjectives: boolean): boolean {
  if (onlyAdjectives) return false;
  const { word } = tokens[at]!;
  if (PARTICIPLES.has(word) || /[a-z]{3}ly$/.test(word)) return true;
  if (word.length > 4 && word.endsWith('ing')) return !ING_NOUNS.has(word);
  if (word.length <= 4 || !word.endsWith('ed')) return false;
  const next = tokens[at + 1]?.word ?? '';
  return PREPOSITIONS.has(next) || next === 'of';
}

/** `a woman examines`: after "a", a word in -s behind the noun is what it does. */
const isVerb = (word: string) =>
  /[a-z]{2}[^sui'\d]s$/.test(word) && !NO_SINGULAR.has(word) && !IRREGULAR_PLURALS.has(word);

const isStop = (word: string) => PREPOSITIONS.has(word) || CLAUSE_WORDS.has(word);

/** Reads the thing named at `start`; `undefined` where no name stands there. */
export function readNounPhrase(tokens: readonly Token[], start: number): NounPhrase | undefined {
  const { at: first, count, determined } = readDeterminer(tokens, start);
  const kept: string[] = [];
  let headIndex = -1;
  let onlyAdjectives = true;
  const singleThing = /^(an?|one)$/.test(tokens[first - 1]?.word ?? '');
  let at = first;
  for (; at < tokens.length && kept.length < MAX_WORDS; at += 1) {
    const { word, text } = tokens[at]!;
    const next = tokens[at + 1];
    if (onlyAdjectives && kept.length > 0 && (word === 'and' || text === ',')) {
      // "black and white cat", "a small, red apple"
      if (next === undefined || next.word === '' || DETERMINERS.has(next.word)) break;
      if (isStop(next.word) || numberOf(next.word) !== undefined) break;
      if (text === ',' && !ADJECTIVES.has(next.word)) break;
      if (word === 'and') kept.push('and');
      continue;
    }
    if (word === 'of' && kept.length > 0 && !onlyAdjectives && headIndex < 0) {
      headIndex = kept.length - 1;
      kept.push('of');
      while (DETERMINERS.has(tokens[at + 1]?.word ?? '')) at += 1;
      continue;
    }
    if (word === '' || word === 'of' || isStop(word)) break;
    if (kept.length > 0 && (DETERMINERS.has(word) || isParticiple(tokens, at, onlyAdjectives)))
      break;
    const isSingular = headIndex < 0 ? singleThing : kept.at(-1)!.endsWith('s');
    if (isSingular && !onlyAdjectives && isVerb(word)) break;
    if (!ADJECTIVES.has(word)) onlyAdjectives = false;
    kept.push(text);
  }
  while (kept.at(-1) === 'of' || kept.at(-1) === 'and') {
    kept.pop();
    at -= 1;
  }
  if (kept.length === 0) return undefined;
  const index = headIndex < 0 || headIndex >= kept.length ? kept.length - 1 : headIndex;
  const text = kept.join(' ');
  const head = kept[index]!;
  if (count !== undefined && count > 1) kept[index] = singular(head);
  return { text, single: kept.join(' '), count, head: head.toLowerCase(), determined, end: at };
}
