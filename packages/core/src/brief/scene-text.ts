import type { Token } from './tokens.ts';

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
