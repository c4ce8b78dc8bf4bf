import { splitPrompt } from 'comfygen/plugin';
import { addCosines, createBlock, hasAny, rareTags, rareWords } from './block.ts';
import { createShapes, createVectors } from './dense.ts';
import { type PromptFeatures, readPrompt } from './features.ts';
import { createSquare, type Square } from './linear-algebra.ts';

/** What is compared of a prompt: the features of its text, and its vector where there is an embedder. */
export interface Compared {
  features: PromptFeatures;
  vector: Float64Array | undefined;
}

/** The features of prompts, each with its vector where vectors are given. */
export function comparePrompts(
  prompts: readonly { text: string; labels?: readonly string[] | undefined }[],
  vectors: readonly Float64Array[] | undefined,
): Compared[] {
  return prompts.map(({ text, labels }, index) => ({
    features: readPrompt(text, splitPrompt(text), labels),
    vector: vectors?.[index],
  }));
}

/** Compares a prompt with the training prompts: near 1 for the same prompt, near 0 where nothing is alike. */
export interface Similarity {
  /** The similarity of a prompt with each of the training prompts. */
  row(prompt: Compared): Float64Array;
  /** Whether any word of a prompt was seen in training. */
  knows(features: PromptFeatures): boolean;
}

type SparseKind = Exclude<keyof PromptFeatures, 'shape' | 'seen'>;
const SPARSE: readonly { kind: SparseKind; weight: number; rarity: typeof rareWords }[] = [
  { kind: 'words', weight: 1, rarity: rareWords },
  { kind: 'characters', weight: 1, rarity: rareWords },
  { kind: 'tags', weight: 1, rarity: rareTags },
  { kind: 'skills', weight: 1, rarity: rareTags },
  { kind: 'given', weight: 2, rarity: rareTags },
];
const SHAPE_WEIGHT = 1;
const VECTOR_WEIGHT = 2.5;
/**
 * How fast likeness falls off. The sum of the kinds alone would add up what each tells; 1 / (1 + (1 − sum) / width)
 * also sees what they tell together, and needs no exponential, which takes longer and differs between engines.
 */
const WIDTH = 0.6;

/** Compares prompts by everything that is read from them. */
export function createSimilarity(prompts: readonly Compared[]): Similarity {
  const size = prompts.length;
  const kinds = SPARSE.filter(({ kind }) =>
    prompts.some(({ features }) => features[kind].size > 0),
  );
  const blocks = kinds.map(({ kind, weight, rarity }) => {
    const counts = prompts.map(({ features }) => features[kind]);
    return { kind, weight, block: createBlock(counts, rarity) };
  });
  const shapes = createShapes(prompts.map(({ features }) => features.shape));
  const vectors = createVectors(prompts.map(({ vector }) => vector));
  const total =
    sumOf(blocks.map(({ weight }) => weight)) + SHAPE_WEIGHT + (vectors ? VECTOR_WEIGHT : 0);
  return {
    row({ features, vector }) {
      const sums = new Float64Array(size);
      for (const { kind, weight, block } of blocks) addCosines(block, features[kind], weight, sums);
      shapes.addTo(sums, features.shape, SHAPE_WEIGHT);
      if (vector !== undefined) vectors?.addTo(sums, vector, VECTOR_WEIGHT);
      for (let row = 0; row < size; row += 1)
        sums[row] = 1 / (1 + (1 - sums[row]! / total) / WIDTH);
      return sums;
    },
    knows: ({ words }) =>
      blocks.some(({ kind, block }) => kind === 'words' && hasAny(block, words)),
  };
}

/** All prompts with each other; only the lower triangle is filled. */
export function kernelOf(prompts: readonly Compared[], similarity: Similarity): Square {
  const square = createSquare(prompts.length);
  for (const [index, prompt] of prompts.entries()) {
    const row = similarity.row(prompt).subarray(0, index + 1);
    square.values.set(row, index * square.size);
  }
  return square;
}

/** The sum of the kinds that a number of a row was made of: 0 to 1, in two digits. */
export function likenessOf(value: number): number {
  return Math.max(0, Math.round(100 * (1 + WIDTH * (1 - 1 / value))) / 100);
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
