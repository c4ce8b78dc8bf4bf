import {
  type FlowScore,
  type ScoredPrompt,
  type ScoreMatrix,
  type ScoreTable,
  sealScoreTable,
} from 'comfygen/plugin';
import { invalidScores } from '../matrix/invalid-scores.ts';
import { type FlowEffect, fitEffects } from './fit-effects.ts';
import { reachMedian } from './median-filter.ts';
import { type Estimate, shrink, trueVariance } from './shrink.ts';

/** Options of `buildScoreTable`. */
export interface ScoreTableOptions {
  /** The labels of a prompt. Default: those of the matrix. */
  labels?: ((prompt: ScoredPrompt) => readonly string[]) | undefined;
  /**
   * Whether means of few scores are shrunk: a flow's mean towards that of all flows, its mean under a label towards
   * what it does elsewhere (empirical Bayes). Default: true.
   */
  shrinkage?: boolean | undefined;
  /** Whether flows are left out that are below the median in every label, as in the paper. Default: false. */
  medianFilter?: boolean | undefined;
  /** The scorer that made the scores, for the table's record. Default: `null`, not known. */
  scorer?: ScoreTable['scorer'] | undefined;
}

/**
 * Mean scores by flow and by label, with counts and standard errors; what the prompts themselves do to scores is
 * fitted and taken out, over all prompts and within each label. In a full matrix and without shrinkage these are the
 * plain means. Standard errors are those before shrinkage, so they never flatter. Means and errors have six digits;
 * same input, same bytes.
 *
 * @throws INVALID_SCORES where no cell is scored
 */
export function buildScoreTable(matrix: ScoreMatrix, options: ScoreTableOptions = {}): ScoreTable {
  const { shrinkage = true, medianFilter = false, scorer = null } = options;
  const { flows, prompts, scores } = matrix;
  const overall = fitEffects(scores, flows.length);
  const levels = pullTogether(overall, shrinkage);
  const labels = groupByLabel(prompts, options.labels ?? (({ labels }) => labels));
  const fits = labels.map(({ rows }) =>
    fitEffects(
      rows.map((row) => scores[row]!.map((s, flow) => (s === null ? null : s - levels[flow]!))),
      flows.length,
    ),
  );
  const byLabel = labelMeans(fits, levels, shrinkage);
  const kept = medianFilter ? reachMedian(byLabel, flows.length) : flows.map((_, index) => index);
  const pick = (means: readonly number[], effects: readonly FlowEffect[]) =>
    kept.map((flow) => toFlowScore(means[flow]!, effects[flow]!));
  return sealScoreTable({
    scorer,
    prompts: prompts.length,
    flows: kept.map((flow) => flows[flow]!),
    labels: labels.map(({ label, rows }) => ({ label, prompts: rows.length })),
    overall: pick(levels, overall),
    byLabel: byLabel.map((means, index) => pick(means, fits[index]!)),
  });
}

/** Labels in alphabetical order, each with the rows that carry it. */
function groupByLabel(
  prompts: readonly ScoredPrompt[],
  labelsOf: (prompt: ScoredPrompt) => readonly string[],
): { label: string; rows: number[] }[] {
  const groups = new Map<string, number[]>();
  for (const [row, prompt] of prompts.entries()) {
    for (const label of new Set(labelsOf(prompt))) {
      groups.set(label, [...(groups.get(label) ?? []), row]);
    }
  }
  return [...groups]
    .map(([label, rows]) => ({ label, rows }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** Each flow's mean, drawn towards the mean of all; a flow without scores gets that mean. */
function pullTogether(effects: readonly FlowEffect[], shrinkage: boolean): number[] {
  const known = estimatesOf(effects);
  if (known.length === 0) throw invalidScores('buildScoreTable', ['the matrix has no score']);
  const centre = meanOf(known);
  const spread = trueVariance(known, centre);
  return effects.map(({ mean, variance }) => {
    if (mean === null) return centre;
    return shrinkage ? shrink({ value: mean, variance }, centre, spread) : mean;
  });
}

/** `[label][flow]`: what a flow has everywhere, the label's own level, and what the flow adds under this label. */
function labelMeans(
  fits: readonly FlowEffect[][],
  levels: readonly number[],
  shrinkage: boolean,
): number[][] {
  const centres = fits.map((effects) => meanOf(estimatesOf(effects)));
  const extras = fits.flatMap((effects, label) =>
    estimatesOf(effects).map(({ value, variance }) => ({
      value: value - centres[label]!,
      variance,
    })),
  );
  const spread = trueVariance(extras, 0);
  return fits.map((effects, label) =>
    effects.map(({ mean, variance }, flow) => {
      const centre = centres[label]!;
      const value = mean ?? centre;
      return levels[flow]! + (shrinkage ? shrink({ value, variance }, centre, spread) : value);
    }),
  );
}

const estimatesOf = (effects: readonly FlowEffect[]): Estimate[] =>
  effects.flatMap(({ mean, variance }) => (mean === null ? [] : [{ value: mean, variance }]));

const meanOf = (estimates: readonly Estimate[]) =>
  estimates.length === 0
    ? 0
    : estimates.reduce((sum, { value }) => sum + value, 0) / estimates.length;

function toFlowScore(mean: number, { variance, count }: FlowEffect): FlowScore {
  const known = count > 1 && Number.isFinite(variance);
  return {
    mean: sixDigits(mean),
    standardError: known ? sixDigits(Math.sqrt(variance)) : null,
    count,
  };
}

const sixDigits = (value: number) => Number(value.toPrecision(6));
