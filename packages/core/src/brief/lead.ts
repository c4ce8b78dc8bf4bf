import {
  CLAUSE_WORDS,
  DETERMINERS,
  MEDIA,
  OPENERS,
  PREPOSITIONS,
  STYLE_PREFIXES,
} from './lexicon.ts';
import type { Token } from './tokens.ts';

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
