/** A word of a prompt in lower case. */
export interface WeightedWord {
  readonly word: string;
  /** 1 where the prompt does not say: `(word)` is 1.1, a pair of parentheses more times 1.1, `(word:1.3)` is 1.3. */
  readonly weight: number;
}

const EMPHASIS = 1.1;
// Deeper parentheses are read as if they were not there.
const MAX_DEPTH = 64;
// Private-use characters stand for escaped parentheses while the others are read.
const OPEN = '\uE000';
const CLOSE = '\uE001';

/** Splits a prompt into words with their emphasis, by ComfyUI's rules; `\(` and `\)` are plain parentheses. */
export function readWeightedWords(text: string): WeightedWord[] {
  const plain = text.normalize('NFKC').replaceAll('\\(', OPEN).replaceAll('\\)', CLOSE);
  return weigh(plain, 1, 0);
}

function weigh(text: string, weight: number, depth: number): WeightedWord[] {
  return splitGroups(text).flatMap((piece) => {
    const isGroup = piece.length > 1 && piece.startsWith('(') && piece.endsWith(')');
    if (!isGroup || depth >= MAX_DEPTH) return splitWords(piece, weight);
    const inner = piece.slice(1, -1);
    const colon = inner.lastIndexOf(':');
    const number = colon > 0 ? readNumber(inner.slice(colon + 1)) : undefined;
    return number === undefined
      ? weigh(inner, weight * EMPHASIS, depth + 1)
      : weigh(inner.slice(0, colon), number, depth + 1);
  });
}

/** The text in pieces: parentheses of the outermost level with what they hold, and what lies between. */
function splitGroups(text: string): string[] {
  const pieces: string[] = [];
  let start = 0;
  let level = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') {
      if (level === 0) {
        pieces.push(text.slice(start, at));
        start = at;
      }
      level += 1;
    } else if (text[at] === ')') {
      level -= 1;
      if (level === 0) {
        pieces.push(text.slice(start, at + 1));
        start = at + 1;
      }
    }
  }
  return [...pieces, text.slice(start)];
}

function readNumber(text: string): number | undefined {
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : undefined;
}

/** Letters and digits; hyphens part words, since the names of drawings are matched as phrases. */
export function splitWords(text: string, weight: number): WeightedWord[] {
  const words = text.toLowerCase().matchAll(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu);
  return Array.from(words, ([word]) => ({
    word: word.replaceAll('’', "'").replace(/'s$/, ''),
    weight,
  }));
}
