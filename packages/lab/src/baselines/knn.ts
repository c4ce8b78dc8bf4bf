import { defineSelector, type ScoreMatrix } from 'comfygen/plugin';
import type { Contestant } from '../evaluate/types.ts';
import { takeRows, textKey } from '../matrix/take-rows.ts';
import { seedRandom, shuffle } from '../random.ts';
import { flowMeans } from '../table/flow-means.ts';
import { rankFlows } from './rank-flows.ts';
import { indexTexts, type TextIndex } from './tfidf.ts';

const NEIGHBOURS = [5, 10, 25, 50, 100, 200];
const FOLDS = 5;

/**
 * A contestant that chooses by the nearest training prompts (TF-IDF); how many is cross-validated inside the training
 * part.
 */
export const knn: Contestant = {
  name: 'knn',
  note: 'TF-IDF of words; the number of neighbours is tuned inside the training part',
  fit(matrix, { seed }) {
    const count = tuneNeighbours(matrix, seed);
    const memory = remember(matrix);
    const columns = new Map(matrix.flows.map((flow, index) => [flow, index]));
    const reason = `best near ${count} like prompts`;
    const selector = defineSelector({
      name: 'knn',
      supports: { deterministic: true },
      async select(request) {
        const predicted = predict(memory, request.brief.prompt, count);
        const scoreOf = (id: string) => predicted[columns.get(id) ?? -1] ?? -Infinity;
        return rankFlows(request, scoreOf, { reason });
      },
    });
    const kept = [matrix.prompts.map(({ text }) => text), matrix.scores];
    return { modelBytes: new TextEncoder().encode(JSON.stringify(kept)).length, selector };
  },
};

interface Memory {
  index: TextIndex;
  means: number[];
  /** `[prompt][flow]`: what is left of a score without its prompt's and its flow's effect. */
  residuals: (number | null)[][];
}

function remember(matrix: ScoreMatrix): Memory {
  const means = flowMeans(matrix);
  const residuals = matrix.scores.map((row) => {
    const offsets = row.map((score, flow) => (score === null ? null : score - means[flow]!));
    const present = offsets.filter((offset) => offset !== null);
    const level = present.reduce((sum, offset) => sum + offset, 0) / Math.max(1, present.length);
    return offsets.map((offset) => (offset === null ? null : offset - level));
  });
  return { index: indexTexts(matrix.prompts.map(({ text }) => text)), means, residuals };
}

function predict({ index, means, residuals }: Memory, text: string, count: number): number[] {
  return average(means, residuals, index.nearest(text, count));
}

function average(means: number[], residuals: Memory['residuals'], near: readonly number[]) {
  return means.map((mean, flow) => {
    const known = near.map((row) => residuals[row]![flow]!).filter((value) => value !== null);
    return mean + known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  });
}

/** The number of neighbours whose choices scored best on folds of the training part; the largest of equals. */
function tuneNeighbours(matrix: ScoreMatrix, seed: number): number {
  const candidates = NEIGHBOURS.filter((count) => count <= matrix.prompts.length / 2);
  if (candidates.length < 2) return candidates[0] ?? NEIGHBOURS[0]!;
  const keys = matrix.prompts.map(({ text }) => textKey(text));
  const texts = shuffle([...new Set(keys)], seedRandom('knn-folds', seed));
  const foldOf = new Map(texts.map((text, index) => [text, index % FOLDS]));
  const totals = candidates.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const held = keys.flatMap((key, row) => (foldOf.get(key) === fold ? [row] : []));
    const kept = keys.flatMap((key, row) => (foldOf.get(key) === fold ? [] : [row]));
    const memory = remember(takeRows(matrix, kept));
    for (const row of held) {
      const near = memory.index.nearest(matrix.prompts[row]!.text, candidates.at(-1)!);
      for (const [index, count] of candidates.entries()) {
        const predicted = average(memory.means, memory.residuals, near.slice(0, count));
        totals[index]! += scoreOfBest(matrix.scores[row]!, predicted);
      }
    }
  }
  return candidates[totals.lastIndexOf(Math.max(...totals))]!;
}

function scoreOfBest(scores: readonly (number | null)[], predicted: readonly number[]): number {
  let best = -1;
  for (const [flow, score] of scores.entries()) {
    if (score !== null && (best < 0 || predicted[flow]! > predicted[best]!)) best = flow;
  }
  return scores[best] ?? 0;
}
