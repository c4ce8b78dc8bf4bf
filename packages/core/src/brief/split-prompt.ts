import type { BriefParts } from '../spec/index.ts';
import {
  ATTRIBUTES,
  CLAUSE_WORDS,
  DETERMINERS,
  MEDIA,
  OPENERS,
  PLACES,
  PREPOSITIONS,
  QUALITY_WORDS,
  STYLE_PREFIXES,
} from './lexicon.ts';
import {
  type FoundRelation,
  type NounPhrase,
  numberOf,
  readNounPhrase,
  readRelation,
  readSide,
  type Token,
  tokenize,
} from './phrases.ts';

// A tag of an anime model: `1girl`, `2boys`.
const COUNTED_TAG = /^([1-9])(girls?|boys?|women|woman|men|man|others?)$/;

/**
 * The things that an English prompt names, how they stand to each other and how many are asked for;
 * the rest is the scene. Deterministic and linear in the text's length; never throws. What it can't
 * read (tag lists, other languages) gives the first phrase as the one subject. Its limits: it knows
 * prepositions and number words, not grammar, so verbs that it doesn't know end up in a subject.
 */
export function splitPrompt(prompt: string): BriefParts {
  const text = prompt.normalize('NFC');
  const tokens = splitCountedTags(tokenize(text));
  const found = findSubjects(tokens);
  if (found === undefined) {
    return { subjects: [], relation: null, count: 1, scene: text.trim().replace(/\s+/g, ' ') };
  }
  const { subjects, relation, start, end } = found;
  return {
    // Only the first one's number has a place of its own; the others keep their plural.
    subjects: subjects.map((subject, index) => (index === 0 ? subject.single : subject.text)),
    relation: subjects.length > 1 ? relation : null,
    count: subjects[0]!.count ?? 1,
    scene: [
      sceneText(text, tokens, skipOpeners(tokens, 0, start), start),
      sceneText(text, tokens, end, tokens.length),
    ]
      .filter((part) => part !== '')
      .join(', '),
  };
}

function splitCountedTags(tokens: Token[]): Token[] {
  return tokens.flatMap((token) => {
    const match = COUNTED_TAG.exec(token.word);
    if (match === null) return [token];
    const middle = token.start + 1;
    return [
      { ...token, text: match[1]!, word: match[1]!, end: middle },
      { ...token, text: token.text.slice(1), word: match[2]!, start: middle },
    ];
  });
}

/** Clause by clause: the first that begins with a thing; else the first words of the text. */
function findSubjects(tokens: readonly Token[]): Found | undefined {
  let fallback: number | undefined;
  let at = 0;
  while (at < tokens.length) {
    const end = clauseEnd(tokens, at);
    const start = skipLead(tokens, at, end);
    const first = tokens[start];
    if (first !== undefined && start < end && !isQuality(tokens, start, end)) {
      if (!PREPOSITIONS.has(first.word) && !CLAUSE_WORDS.has(first.word)) {
        const found = readSubjects(tokens, start);
        if (found !== undefined) return found;
      }
      fallback ??= start;
    }
    at = end + 1;
  }
  return readFallback(tokens, fallback ?? tokens.findIndex((token) => token.word !== ''));
}

function readFallback(tokens: readonly Token[], from: number): Found | undefined {
  for (let at = from; at >= 0 && at < tokens.length; at += 1) {
    const phrase = tokens[at]!.word === '' ? undefined : readNounPhrase(tokens, at);
    if (phrase === undefined) continue;
    return { subjects: [phrase], relation: null, start: at, end: phrase.end };
  }
  return undefined;
}

function clauseEnd(tokens: readonly Token[], from: number): number {
  let at = from;
  while (at < tokens.length && tokens[at]!.word !== '') at += 1;
  return at;
}

const isQuality = (tokens: readonly Token[], from: number, to: number) =>
  tokens.slice(from, to).every(({ word }) => QUALITY_WORDS.has(word) || /^\d+[kp]?$/.test(word));

/** Past `create`, `please draw me`, and a bare `an image of`, which say nothing about the picture. */
export function skipOpeners(tokens: readonly Token[], from: number, end: number): number {
  let at = from;
  while (at < end && OPENERS.has(tokens[at]!.word)) at += 1;
  const bare = DETERMINERS.has(tokens[at]?.word ?? '') ? at + 1 : at;
  const isBare =
    /^(image|picture)$/.test(tokens[bare]?.word ?? '') && tokens[bare + 1]?.word === 'of';
  return isBare && bare + 2 <= end ? bare + 2 : at;
}

/** Past all that and `a watercolor painting of`, `pixel art`: where the thing itself may begin. */
export function skipLead(tokens: readonly Token[], from: number, end: number): number {
  let at = skipOpeners(tokens, from, end);
  for (let index = at; index < Math.min(end, at + 8); index += 1) {
    if (!MEDIA.has(tokens[index]!.word)) continue;
    if (/^(of|showing|depicting|featuring)$/.test(tokens[index + 1]?.word ?? '')) at = index + 2;
  }
  return skipStyle(tokens, at, end);
}

function skipStyle(tokens: readonly Token[], at: number, end: number): number {
  const bare = DETERMINERS.has(tokens[at]?.word ?? '') ? at + 1 : at;
  for (const style of STYLE_PREFIXES) {
    const words = style.split(' ');
    if (!words.every((word, index) => tokens[bare + index]?.word === word)) continue;
    const after = bare + words.length;
    const next = tokens[after]?.word ?? '';
    if (after < end && !PREPOSITIONS.has(next) && !CLAUSE_WORDS.has(next)) return after;
  }
  return at;
}

const MAX_SUBJECTS = 12;

/** The things that a text names, and where. */
export interface Found {
  subjects: NounPhrase[];
  relation: BriefParts['relation'];
  /** The tokens that the subjects and their relation take, `start` inclusive. */
  start: number;
  end: number;
}

/** What is named from `start` on: two things with a relation, a list, or one. */
export function readSubjects(tokens: readonly Token[], start: number): Found | undefined {
  const first = readNounPhrase(tokens, start);
  if (first === undefined) return undefined;
  const alone: Found = { subjects: [first], relation: null, start, end: first.end };
  return readSides(tokens, alone) ?? readList(tokens, alone) ?? readPair(tokens, alone) ?? alone;
}

/** `a cat on the left and a dog on the right`. */
function readSides(tokens: readonly Token[], alone: Found): Found | undefined {
  const first = alone.subjects[0]!;
  const side = readSide(tokens, first.end) ?? readSide(tokens, first.end + 1);
  if (side === undefined) return undefined;
  let at = side.end;
  while (/^(,|;|\.|and|while|with|is|there)$/i.test(tokens[at]?.text ?? '')) at += 1;
  const second = at === side.end ? undefined : readNounPhrase(tokens, at);
  if (second === undefined) return undefined;
  const other = readSide(tokens, second.end) ?? readSide(tokens, second.end + 1);
  const end = other?.end ?? second.end;
  return { ...alone, subjects: [first, second], relation: side.relation, end };
}

/** `an apple, a pear and a banana`: commas count only where an "and" ends the list. */
function readList(tokens: readonly Token[], alone: Found): Found | undefined {
  const subjects = [...alone.subjects];
  let closed = false;
  while (!closed && subjects.length < MAX_SUBJECTS) {
    let at = subjects.at(-1)!.end;
    const comma = tokens[at]?.text === ',';
    if (comma) at += 1;
    closed = /^(and|&|plus)$/.test(tokens[at]?.word ?? '');
    if (closed) at += 1;
    else if (!comma) return undefined;
    const next = readNounPhrase(tokens, at);
    if (next === undefined) return undefined;
    subjects.push(next);
  }
  // "a fox, snowy forest and lake" is a scene; "a pear, orange and two plums" is a list.
  if (subjects.length > 2 && !subjects.at(-1)!.determined) return undefined;
  if (subjects.some(({ text, determined }) => !determined && text.split(' ').length > 2)) {
    return undefined;
  }
  return { ...alone, subjects, relation: 'beside', end: subjects.at(-1)!.end };
}

/** `X left of Y`, `X sitting next to Y`, `X in a box under Y`. */
function readPair(tokens: readonly Token[], alone: Found): Found | undefined {
  const first = alone.subjects[0]!;
  const found = relationAfter(tokens, first.end);
  if (found === undefined) return undefined;
  const second = readNounPhrase(tokens, found.end);
  if (second === undefined || !isThing(found, second)) return undefined;
  return { ...alone, subjects: [first, second], relation: found.relation, end: second.end };
}

/** A relation right there, after one verb, or after one place (`on a table next to …`). */
function relationAfter(tokens: readonly Token[], from: number): FoundRelation | undefined {
  let at = from;
  while (/^(is|are|that|which|was|were)$/.test(tokens[at]?.word ?? '')) at += 1;
  const direct = readRelation(tokens, at);
  if (direct !== undefined) return direct;
  const { word = '' } = tokens[at] ?? {};
  if (/(ing|ed|s)$/.test(word) || /^(sit|stand|lie|fly|float)$/.test(word)) {
    const after = readRelation(tokens, at + 1);
    return after?.phrase === 'and' ? undefined : after;
  }
  if (!/^(in|on|at)$/.test(word)) return undefined;
  const place = readNounPhrase(tokens, at + 1);
  const after = place && readRelation(tokens, place.end);
  return after?.phrase === 'and' || after?.phrase === 'with' ? undefined : after;
}

function isThing({ phrase, relation }: FoundRelation, second: NounPhrase): boolean {
  if (phrase === 'with') return second.determined && !ATTRIBUTES.has(second.head);
  const vertical = relation === 'above' || relation === 'below';
  return !(vertical && PLACES.has(second.head)) && numberOf(second.head) === undefined;
}

/** The text of some tokens as it stands in the prompt, without joining words and marks at its ends. */
export function sceneText(
  text: string,
  tokens: readonly Token[],
  from: number,
  to: number,
): string {
  let first = from;
  let last = to - 1;
  while (first <= last && (isEdge(tokens[first]!.text) || isJoin(tokens[first]!.word))) first += 1;
  while (last >= first && isTail(tokens[last]!)) last -= 1;
  if (first > last) return '';
  return text
    .slice(tokens[first]!.start, tokens[last]!.end)
    .replace(/<[^<>\n]{1,200}>/g, '')
    .replace(/\s+/g, ' ');
}

const isEdge = (mark: string) => /^[,.;:|!)\]}-]$/.test(mark);
const isJoin = (word: string) => /^(an?|the|and|&|of)$/.test(word);
const isTail = ({ text, word }: Token) =>
  /^[,.;:|([{-]$/.test(text) || isJoin(word) || /^(showing|depicting|featuring)$/.test(word);
