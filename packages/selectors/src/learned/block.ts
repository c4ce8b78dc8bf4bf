import type { Counts } from './features.ts';

/** How much a feature counts that `holders` of `size` prompts have. */
export type Rarity = (holders: number, size: number) => number;

/** Weights for words: rare ones count more, common ones still count. */
export const rareWords: Rarity = (holders, size) => Math.log((1 + size) / (1 + holders)) + 1;
/** Weights for small sets of features, many of which are in half of the prompts. */
export const rareTags: Rarity = (holders, size) => Math.sqrt(Math.log((1 + size) / (1 + holders)));

interface Posting {
  rows: number[];
  values: number[];
}

/**
 * One kind of feature of many prompts, indexed by feature, so that similarities to a new prompt are cheap to compute.
 */
export interface Block {
  rarities: ReadonlyMap<number, number>;
  postings: ReadonlyMap<number, Posting>;
}

/** Indexes the features of many prompts, weighted by how rare each is among them. */
export function createBlock(prompts: readonly Counts[], rarity: Rarity): Block {
  const holders = new Map<number, number[]>();
  for (const [row, counts] of prompts.entries()) {
    for (const key of counts.keys()) {
      const rows = holders.get(key);
      if (rows === undefined) holders.set(key, [row]);
      else rows.push(row);
    }
  }
  const rarities = new Map<number, number>();
  for (const [key, rows] of holders) rarities.set(key, rarity(rows.length, prompts.length));
  const norms = prompts.map((counts) => normOf(rarities, counts) || 1);
  const postings = new Map<number, Posting>();
  for (const [key, rows] of holders) {
    const weight = rarities.get(key)!;
    const values = rows.map((row) => (prompts[row]!.get(key)! * weight) / norms[row]!);
    postings.set(key, { rows, values });
  }
  return { rarities, postings };
}

/** Whether any of these features was seen before. */
export function hasAny({ postings }: Block, counts: Counts): boolean {
  return [...counts.keys()].some((key) => postings.has(key));
}

/** Adds `weight` times the cosine with each row to `sums`. Features that no prompt had count for nothing. */
export function addCosines(block: Block, counts: Counts, weight: number, sums: Float64Array): void {
  const norm = normOf(block.rarities, counts);
  if (norm === 0) return;
  for (const [key, count] of counts) {
    const posting = block.postings.get(key);
    if (posting === undefined) continue;
    const { rows, values } = posting;
    const factor = (weight * count * block.rarities.get(key)!) / norm;
    for (let at = 0; at < rows.length; at += 1) sums[rows[at]!]! += factor * values[at]!;
  }
}

function normOf(rarities: Block['rarities'], counts: Counts): number {
  let squares = 0;
  for (const [key, count] of counts) squares += (count * (rarities.get(key) ?? 0)) ** 2;
  return Math.sqrt(squares);
}
