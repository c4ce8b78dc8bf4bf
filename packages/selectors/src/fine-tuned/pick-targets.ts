import type { ScoreMatrix } from 'comfygen/plugin';
import { type TargetScores, targetFor } from './target-score.ts';

/** For one prompt, what each candidate gained over the prompt's mean; `null` where that flow was never scored. */
export interface PromptGains {
  labels: readonly string[];
  gains: (number | null)[];
}

/** How much the overall curve counts in a label's, in prompts; infinity means no target by label. */
const SHRINKAGES = [100, 30, 10, 3];

/** The best candidate overall, and per label where `shrinkage` is finite. */
export function pickTargets(
  prompts: readonly PromptGains[],
  candidates: readonly number[],
  shrinkage: number,
): TargetScores {
  const all = candidates.map((_, index) => {
    const values = valuesAt(prompts, index);
    // A score that the model has no answer to is no target.
    return values.length === 0 ? Number.NEGATIVE_INFINITY : meanOf(values);
  });
  const overall = candidates[best(all)]!;
  if (shrinkage === Number.POSITIVE_INFINITY) return { overall, byLabel: {} };
  const labels = [...new Set(prompts.flatMap((prompt) => prompt.labels))].sort();
  const byLabel = labels.map((label) => {
    const own = prompts.filter((prompt) => prompt.labels.includes(label));
    const curve = candidates.map((_, index) => {
      const values = valuesAt(own, index);
      const total = values.reduce((sum, value) => sum + value, 0);
      return (total + shrinkage * all[index]!) / (values.length + shrinkage);
    });
    return [label, candidates[best(curve)]!] as const;
  });
  return { overall, byLabel: Object.fromEntries(byLabel) };
}

/**
 * The strength of shrinkage that works best, and its gain on prompts that were left out; `folds` gives each prompt's
 * part.
 */
export function crossValidate(
  prompts: readonly PromptGains[],
  candidates: readonly number[],
  folds: readonly number[],
): { shrinkage: number; overall: number; chosen: number } {
  const held = (shrinkage: number) => heldOutGains(prompts, candidates, folds, shrinkage);
  const plain = held(Number.POSITIVE_INFINITY);
  let winner = { shrinkage: Number.POSITIVE_INFINITY, gains: plain };
  for (const shrinkage of SHRINKAGES) {
    const gains = held(shrinkage);
    const { mean, standardError } = summary(differences(gains, plain));
    // What does not surely help is left out: labels with few prompts are noise, and several shrinkages are tried.
    const helps = mean > 2 * (standardError ?? Number.POSITIVE_INFINITY);
    if (helps && meanOf(known(gains)) > meanOf(known(winner.gains))) winner = { shrinkage, gains };
  }
  const chosen = meanOf(known(winner.gains));
  return { shrinkage: winner.shrinkage, overall: meanOf(known(plain)), chosen };
}

/** The gain of the best single flow, on prompts that were left out when it was chosen. */
export function bestSingleGain({ flows, scores }: ScoreMatrix, folds: readonly number[]): number {
  const gains = scores.map((row) => {
    const mean = meanOf(known(row));
    return row.map((score) => (score === null ? null : score - mean));
  });
  const single = new Map(
    [...new Set(folds)].map((fold) => {
      const rest = gains.filter((_, index) => folds[index] !== fold);
      const means = flows.map((_, flow) => {
        const values = known(rest.map((row) => row[flow] ?? null));
        return values.length === 0 ? Number.NEGATIVE_INFINITY : meanOf(values);
      });
      return [fold, best(means)];
    }),
  );
  return meanOf(known(gains.map((row, index) => row[single.get(folds[index]!)!] ?? null)));
}

/** Each candidate's mean gain with its standard error. */
export function targetCurve(prompts: readonly PromptGains[], candidates: readonly number[]) {
  return candidates.map((target, index) => {
    const { mean, standardError, count } = summary(valuesAt(prompts, index));
    return { target, gain: mean, standardError, prompts: count };
  });
}

/** The part of each prompt: different texts in turn, equal ones together. */
export function foldsOf({ prompts }: ScoreMatrix, folds: number): number[] {
  const texts = new Map<string, number>();
  return prompts.map(({ text }) => {
    const index = texts.get(text) ?? texts.size;
    texts.set(text, index);
    return index % folds;
  });
}

function heldOutGains(
  prompts: readonly PromptGains[],
  candidates: readonly number[],
  folds: readonly number[],
  shrinkage: number,
): (number | null)[] {
  const picks = new Map(
    [...new Set(folds)].map((fold) => {
      const rest = prompts.filter((_, index) => folds[index] !== fold);
      return [fold, pickTargets(rest, candidates, shrinkage)];
    }),
  );
  return prompts.map(({ labels, gains }, index) => {
    const target = targetFor(picks.get(folds[index]!)!, labels);
    return gains[nearest(candidates, target)] ?? null;
  });
}

const valuesAt = (prompts: readonly PromptGains[], index: number) =>
  known(prompts.map(({ gains }) => gains[index] ?? null));

const known = (gains: readonly (number | null)[]) => gains.filter((gain) => gain !== null);

const differences = (gains: readonly (number | null)[], from: readonly (number | null)[]) =>
  known(
    gains.map((gain, index) => {
      const other = from[index] ?? null;
      return gain === null || other === null ? null : gain - other;
    }),
  );

function summary(values: readonly number[]) {
  const [mean, count] = [meanOf(values), values.length];
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = count < 2 ? null : Math.sqrt(spread / (count - 1) / count);
  return { mean, standardError, count };
}

const meanOf = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** The first of the highest: of equal targets the lower one stands nearer to the training scores. */
const best = (curve: readonly number[]) => curve.indexOf(Math.max(...curve));

const nearest = (candidates: readonly number[], target: number) => {
  const distances = candidates.map((one) => Math.abs(one - target));
  return distances.indexOf(Math.min(...distances));
};
