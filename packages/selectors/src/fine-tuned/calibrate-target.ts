import { ComfygenError, type ScoredPrompt, type ScoreMatrix } from 'comfygen/plugin';
import { PART } from './options.ts';
import {
  bestSingleGain,
  crossValidate,
  foldsOf,
  type PromptGains,
  pickTargets,
  targetCurve,
} from './pick-targets.ts';
import type { TargetScores } from './target-score.ts';

/** Options of `calibrateTarget`. */
export interface CalibrationOptions {
  /** Scored prompts that the model was not trained on. */
  matrix: ScoreMatrix;
  /**
   * Gives the id of the flow that the model answers with when it is asked for this score; `null` where it names none.
   */
  predict(prompt: ScoredPrompt, target: number): string | null | Promise<string | null>;
  /** The scores to try, rising. Default: twelve, evenly from the median score of the matrix to the highest. */
  candidates?: readonly number[] | undefined;
  /** Parts for cross-validation, 2 or more; prompts of one text stay together. Default 5. */
  folds?: number | undefined;
  /** How many predictions run at once. Default 4. */
  concurrency?: number | undefined;
  /** Stops the calibration; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** The best target scores, and how much they gain. */
export interface Calibration {
  /** The scores to ask for; pass them on as `fineTuned({ target })`. */
  target: TargetScores;
  /**
   * For each candidate, the mean gain over a flow drawn at random, on the matrix's scale, and the prompts behind it.
   */
  curve: { target: number; gain: number; standardError: number | null; prompts: number }[];
  /**
   * Mean gain over a flow drawn at random, on prompts that were left out when the target was picked: `overall` with
   * one target for all, `chosen` with `target`, `bestSingle` with the best single flow. Where `chosen` is not above
   * `bestSingle`, the model is not worth asking.
   */
  crossValidated: { overall: number; chosen: number; bestSingle: number };
}

/**
 * The score that a fine-tuned model is best asked for, overall and per label: each candidate is put to `predict` for
 * every prompt, and what the predicted flow was scored is held against the prompt's mean. A label's curve is shrunk
 * towards the overall one; how far is cross-validated, and labels get targets of their own only where these win by more
 * than two standard errors. The same answers give the same targets. The paper (arXiv 2410.01731) takes one constant,
 * 0.725, read off the same curve over all prompts.
 *
 * @throws INVALID_OPTIONS for a matrix with too few prompts, or candidates that don't rise.
 */
export async function calibrateTarget(options: CalibrationOptions): Promise<Calibration> {
  const { matrix, folds = 5 } = options;
  const candidates = options.candidates ?? defaultCandidates(matrix);
  check(matrix, candidates, folds);
  const prompts = await gainsOf(options, candidates);
  const parts = foldsOf(matrix, folds);
  const { shrinkage, overall, chosen } = crossValidate(prompts, candidates, parts);
  return {
    target: pickTargets(prompts, candidates, shrinkage),
    curve: targetCurve(prompts, candidates),
    crossValidated: { overall, chosen, bestSingle: bestSingleGain(matrix, parts) },
  };
}

function defaultCandidates({ scores }: ScoreMatrix): number[] {
  const all = scores
    .flat()
    .filter((score) => score !== null)
    .sort((a, b) => a - b);
  const [low = 0, high = 0] = [all[Math.floor(all.length / 2)], all.at(-1)];
  return Array.from({ length: 12 }, (_, step) => low + ((high - low) * step) / 11);
}

function check({ prompts }: ScoreMatrix, candidates: readonly number[], folds: number): void {
  const rises = candidates.every((one, index) => index === 0 || one > candidates[index - 1]!);
  const faults = [
    !(Number.isInteger(folds) && folds >= 2) && 'folds must be 2 or more',
    new Set(prompts.map(({ text }) => text)).size < folds &&
      `the matrix must have ${folds} or more different prompts`,
    !(candidates.length > 0 && rises) &&
      'candidates must rise; scores that are all equal give none',
  ].filter((fault) => fault !== false);
  if (faults.length === 0) return;
  const message = `calibrateTarget got invalid options: ${faults.join('; ')}.`;
  throw new ComfygenError('INVALID_OPTIONS', message, { part: PART });
}

async function gainsOf(
  options: CalibrationOptions,
  candidates: readonly number[],
): Promise<PromptGains[]> {
  const { matrix, predict, concurrency = 4, signal } = options;
  const columns = new Map(matrix.flows.map((id, index) => [id, index]));
  const prompts = matrix.prompts.map(({ labels }): PromptGains => ({ labels, gains: [] }));
  let next = 0;
  let failed = false;
  const work = async () => {
    for (let row = next++; row < prompts.length && !failed; row = next++) {
      const scores = matrix.scores[row]!;
      const known = scores.filter((score) => score !== null);
      const mean = known.reduce((sum, score) => sum + score, 0) / known.length;
      for (const target of candidates) {
        signal?.throwIfAborted();
        const id = await predict(matrix.prompts[row]!, target);
        const score = scores[columns.get(id ?? '') ?? -1] ?? null;
        prompts[row]!.gains.push(score === null ? null : score - mean);
      }
    }
  };
  const workers = Array.from({ length: Math.max(1, concurrency) }, work);
  await Promise.all(
    workers.map((worker) =>
      worker.catch((error) => {
        failed = true;
        throw error;
      }),
    ),
  );
  return prompts;
}
