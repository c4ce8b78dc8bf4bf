/** The scores to ask a fine-tuned model for, on the scale of the training scores. */
export interface TargetScores {
  /** The score for prompts none of whose labels has its own. */
  overall: number;
  /** Scores by label; empty where labels make no difference. */
  byLabel: Record<string, number>;
}

/** The score to ask for with this prompt: the mean of its labels' own, else the overall one. */
export function targetFor(target: number | TargetScores, labels: readonly string[]): number {
  if (typeof target === 'number') return target;
  const own = labels
    .filter((label) => Object.hasOwn(target.byLabel, label))
    .map((label) => target.byLabel[label]!);
  if (own.length === 0) return target.overall;
  return own.reduce((sum, score) => sum + score, 0) / own.length;
}
