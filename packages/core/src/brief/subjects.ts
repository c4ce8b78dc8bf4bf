import type { BriefParts } from '../spec/index.ts';
import { ATTRIBUTES, PLACES } from './lexicon.ts';
import { type NounPhrase, numberOf, readNounPhrase } from './noun-phrase.ts';
import { type FoundRelation, readRelation, readSide } from './relation.ts';
import type { Token } from './tokens.ts';

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
