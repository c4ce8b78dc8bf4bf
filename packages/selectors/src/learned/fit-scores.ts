import type { Effects } from './effects.ts';
import { chooseRidge, createRidge, type Ridge } from './fit-ridge.ts';
import type { Square } from './linear-algebra.ts';
import { principalAxes } from './principal-axes.ts';

/** A pattern in which flows differ from prompt to prompt, and how prompts tell of it. */
interface Pattern {
  /** By flow. */
  loadings: Float64Array;
  /** By training prompt, shrunk as far as prompts that were left out are predicted best. */
  weights: Float64Array;
}

/** What was learned from the scores. */
export interface FittedScores {
  ridge: number;
  patterns: Pattern[];
  /** By training prompt: its weight in the prediction of how easy a prompt is for all flows. */
  level: Float64Array;
  /** `[prompt × flow]`: the score that each prompt would be predicted if it were not learned from. */
  held: Float64Array;
}

/** Patterns beyond these tell of one flow each, and of luck. */
const MOST_PATTERNS = 24;
/** A flow with a smaller share of what the best known has of scores would only blur the patterns of the others. */
const LEAST_SHARE = 0.1;
/** Rounds in which missing scores are filled with what the others predict. */
const FILLING_ROUNDS = 3;
const MOST_STRETCH = 1.3;

/** Learns how flows differ by prompt, pattern by pattern: strong ones are trusted, weak ones shrunk to nothing. */
export function fitScores(kernel: Square, effects: Effects, random: () => number): FittedScores {
  const { rows, columns, known, levels, means, counts } = effects;
  const enough = LEAST_SHARE * Math.max(...counts);
  const rest = effects.rest.map((value, at) => (counts[at % columns]! < enough ? 0 : value));
  const ridge = createRidge(kernel, chooseRidge(kernel, columnsOf(rest, columns), random));
  let patterns = fitPatterns(ridge, rest, columns);
  for (let round = 1; round < FILLING_ROUNDS && known.includes(0); round += 1) {
    const filled = sumOfPatterns(patterns, rows, columns);
    for (let at = 0; at < rest.length; at += 1) if (!known[at]) rest[at] = filled[at]!;
    patterns = fitPatterns(ridge, rest, columns);
  }
  lendLoadings(patterns, effects, enough);
  const level = shrink(ridge, levels);
  const held = sumOfPatterns(patterns, rows, columns);
  for (let at = 0; at < held.length; at += 1) {
    held[at]! += means[at % columns]! + level.held[Math.floor(at / columns)]!;
  }
  return { ridge: ridge.ridge, patterns, level: level.weights, held };
}

/**
 * A flow of few scores is taken to follow patterns as flows do that are about as good: without any, it would look best
 * where all good ones do badly.
 */
function lendLoadings(
  patterns: readonly HeldPattern[],
  { means, counts, prior }: Effects,
  enough: number,
): void {
  const near = prior.spread / 4 || 1;
  const lenders = [...means.keys()].filter((column) => counts[column]! >= enough);
  for (const [column, mean] of means.entries()) {
    if (counts[column]! >= enough) continue;
    const weights = lenders.map((other) => (1 + ((means[other]! - mean) / near) ** 2) ** -2);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const { loadings } of patterns) {
      const lent = lenders.reduce((sum, other, at) => sum + weights[at]! * loadings[other]!, 0);
      loadings[column] = lent / total;
    }
  }
}

interface HeldPattern extends Pattern {
  held: Float64Array;
}

function fitPatterns(ridge: Ridge, rest: Float64Array, columns: number): HeldPattern[] {
  return principalAxes(rest, columns, MOST_PATTERNS)
    .map((loadings) => ({ loadings, ...shrink(ridge, project(rest, loadings)) }))
    .filter(({ weights }) => weights.some((weight) => weight !== 0));
}

/** A fit, scaled by how well prompts that were left out are predicted: nothing where they aren't. */
function shrink(ridge: Ridge, target: Float64Array): { weights: Float64Array; held: Float64Array } {
  const { weights, held } = ridge.fit(target);
  let [both, own] = [0, 0];
  for (let row = 0; row < target.length; row += 1) {
    both += held[row]! * target[row]!;
    own += held[row]! ** 2;
  }
  const trust = own === 0 ? 0 : Math.min(Math.max(both / own, 0), MOST_STRETCH);
  return {
    weights: weights.map((weight) => trust * weight),
    held: held.map((value) => trust * value),
  };
}

function project(rest: Float64Array, loadings: Float64Array): Float64Array {
  const columns = loadings.length;
  return Float64Array.from({ length: rest.length / columns }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < columns; column += 1)
      sum += rest[row * columns + column]! * loadings[column]!;
    return sum;
  });
}

function sumOfPatterns(
  patterns: readonly HeldPattern[],
  rows: number,
  columns: number,
): Float64Array {
  const sums = new Float64Array(rows * columns);
  for (const { loadings, held } of patterns) {
    for (let at = 0; at < sums.length; at += 1) {
      sums[at]! += held[Math.floor(at / columns)]! * loadings[at % columns]!;
    }
  }
  return sums;
}

function columnsOf(rest: Float64Array, columns: number): Float64Array[] {
  return Array.from({ length: columns }, (_, column) =>
    rest.filter((_, at) => at % columns === column),
  );
}
