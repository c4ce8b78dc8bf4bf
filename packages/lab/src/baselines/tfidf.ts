/** A text index: which training texts are near a new one, by the cosine of TF-IDF vectors of whole words. */
export interface TextIndex {
  /** Rows of texts that share a word, nearest first; equal ones in the order of the rows. */
  nearest(text: string, most: number): number[];
}

interface Posting {
  row: number;
  weight: number;
}

/** Words weigh 1 + ln(count), times 1 + ln((1 + n) / (1 + texts with it)); vectors have length 1. */
export function indexTexts(texts: readonly string[]): TextIndex {
  const counts = texts.map(countWords);
  const spread = new Map<string, number>();
  for (const words of counts) {
    for (const word of words.keys()) spread.set(word, (spread.get(word) ?? 0) + 1);
  }
  const rarity = (word: string) => 1 + Math.log((1 + texts.length) / (1 + (spread.get(word) ?? 0)));
  const postings = new Map<string, Posting[]>();
  for (const [row, words] of counts.entries()) {
    for (const [word, weight] of weigh(words, rarity)) {
      const list = postings.get(word) ?? [];
      postings.set(word, list);
      list.push({ row, weight });
    }
  }
  return {
    nearest(text, most) {
      const likeness = new Float64Array(texts.length);
      for (const [word, weight] of weigh(countWords(text), rarity)) {
        for (const posting of postings.get(word) ?? []) {
          likeness[posting.row]! += weight * posting.weight;
        }
      }
      const rows = texts.flatMap((_, row) => (likeness[row]! > 0 ? [row] : []));
      return rows.sort((a, b) => likeness[b]! - likeness[a]! || a - b).slice(0, most);
    },
  };
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function weigh(
  words: ReadonlyMap<string, number>,
  rarity: (word: string) => number,
): [string, number][] {
  const raw = [...words].map(([word, count]): [string, number] => {
    return [word, (1 + Math.log(count)) * rarity(word)];
  });
  const length = Math.sqrt(raw.reduce((sum, [, weight]) => sum + weight * weight, 0));
  return raw.map(([word, weight]) => [word, weight / length]);
}
