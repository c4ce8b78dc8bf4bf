/** A word of a prompt in lower case. */
export interface WeightedWord {
  readonly word: string;
  /** ComfyUI's emphasis: `(word:1.3)`, and 1.1 a pair of parentheses without a number. */
  readonly weight: number;
}

const EMPHASIS = 1.1;
const MAX_DEPTH = 32;

/** Splits a prompt into words with their emphasis; `\(` and `\)` are plain parentheses. */
export function readWeightedWords(text: string): WeightedWord[] {
  const words: WeightedWord[] = [];
  const opened: number[] = [];
  const pieces = text
    .normalize('NFKC')
    .matchAll(/\\[()]|[()]|:\s*([+-]?\d*\.?\d+)\s*(?=\))|[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu);
  for (const [piece, number] of pieces) {
    if (piece === '(') {
      if (opened.length < MAX_DEPTH) opened.push(words.length);
    } else if (piece === ')') {
      const from = opened.pop();
      if (from !== undefined) scale(words, from, EMPHASIS);
    } else if (number !== undefined) {
      const from = opened.at(-1);
      // The closing parenthesis multiplies by its own 1.1, which a number stands instead of.
      if (from !== undefined) scale(words, from, Number(number) / EMPHASIS);
    } else if (!piece.startsWith('\\')) {
      for (const word of splitHyphens(piece.toLowerCase())) words.push({ word, weight: 1 });
    }
  }
  return words;
}

function scale(words: WeightedWord[], from: number, factor: number): void {
  for (let at = from; at < words.length; at++) {
    const { word, weight } = words[at] as WeightedWord;
    words[at] = { word, weight: weight * factor };
  }
}

// "t-rex" and "t-shirt" are one word in the art's names, too, but written as two phrases' words.
const splitHyphens = (word: string) => word.replaceAll('’', "'").replace(/'s$/, '').split('-');
