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
