import { RELATION_PHRASES, type Relation } from './lexicon.ts';
import type { Token } from './tokens.ts';

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
