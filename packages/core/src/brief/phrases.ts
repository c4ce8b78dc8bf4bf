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
  RELATION_PHRASES,
  type Relation,
} from './lexicon.ts';

/** A word or a mark of a prompt, with where it stands in the text. */
export interface Token {
  /** As written. */
  text: string;
  /** Lower case, for looking up. Empty for punctuation, so that no lexicon holds it. */
  word: string;
  start: number;
  end: number;
}

// Words (with inner hyphens, apostrophes and underscores), emoji, double-quoted texts, or one mark.
const TOKEN =
  /<[^<>\n]{1,200}>|["“”«„][^"“”«»„\n]{1,300}["“”»]|[\p{L}\p{N}\p{M}]+(?:['’\-_][\p{L}\p{N}\p{M}]+)*|(?:\p{Extended_Pictographic}|\p{RI}|\p{Emoji_Modifier}|\u200d|\ufe0f)+|&|[^\s]/gu;
const WORDLIKE = /^[\p{L}\p{N}\p{M}\p{Extended_Pictographic}\p{RI}&]/u;

/** The words and marks of a text, in order. Extra-network tags (`<lora:…>`) are left out. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const [found] = match;
    if (found.length > 1 && found.startsWith('<')) continue;
    const word = WORDLIKE.test(found) ? found.toLowerCase().replaceAll('’', "'") : '';
    tokens.push({ text: found, word, start: match.index, end: match.index + found.length });
  }
  return tokens;
}

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

/** The singular of an English noun, by rule and a list of exceptions; what is not plural stays. */
function singular(noun: string): string {
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

/** A relation phrase found in a text. */
export interface FoundRelation {
  relation: Relation;
  phrase: string;
  /** The first token after it. */
  end: number;
}

interface Phrase {
  words: string[];
  phrase: string;
  relation: Relation;
}

const byFirstWord = new Map<string, Phrase[]>();
for (const [phrase, relation] of RELATION_PHRASES) {
  const words = phrase.split(' ');
  const known = byFirstWord.get(words[0]!) ?? [];
  known.push({ words, phrase, relation });
  // The longest first: "near to" before "near".
  known.sort((a, b) => b.words.length - a.words.length);
  byFirstWord.set(words[0]!, known);
}

/** The relation phrase that stands at `at`. */
export function readRelation(tokens: readonly Token[], at: number): FoundRelation | undefined {
  const first = tokens[at]?.word;
  const found = byFirstWord
    .get(first === '&' || first === 'plus' ? 'and' : (first ?? ''))
    ?.find(({ words }) =>
      words.every((word, index) => index === 0 || tokens[at + index]?.word === word),
    );
  if (found === undefined) return undefined;
  return { relation: found.relation, phrase: found.phrase, end: at + found.words.length };
}

const SIDES: { [side: string]: Relation } = {
  left: 'left',
  right: 'right',
  top: 'above',
  bottom: 'below',
};

/** `on the left`, `at the bottom`: where a thing is in the picture, not relative to another. */
export function readSide(tokens: readonly Token[], at: number): FoundRelation | undefined {
  if (!/^(on|to|at|in)$/.test(tokens[at]?.word ?? '') || tokens[at + 1]?.word !== 'the')
    return undefined;
  const side = tokens[at + 2]?.word ?? '';
  const relation = Object.hasOwn(SIDES, side) ? SIDES[side] : undefined;
  if (relation === undefined) return undefined;
  const end = at + (/^(side|half|part)$/.test(tokens[at + 3]?.word ?? '') ? 4 : 3);
  return tokens[end]?.word === 'of' ? undefined : { relation, phrase: `on the ${side}`, end };
}
