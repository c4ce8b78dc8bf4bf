import type { Flow, ScoreMatrix, SelectorV1 } from 'comfygen/plugin';

/** What `fit` is told besides the training part. */
export interface FitContext {
  /** Seeds every random draw of the training; another one for each split. */
  seed: number;
  signal: AbortSignal;
}

/** A selector that was trained. */
export interface FittedSelector {
  selector: SelectorV1;
  /** Bytes of what has to be kept to choose again; `null` where nothing is, or nobody knows. */
  modelBytes: number | null;
}

/** Somebody who takes part: trained on each split's training part, then asked for its test prompts. */
export interface Contestant {
  /** The row's name, unique. */
  name: string;
  /**
   * It is given the labels of the data: at `fit` in the matrix, at `select` as
   * `brief.options[selector.name].labels`. Others see no label at all. Default: false.
   */
  usesLabels?: boolean | undefined;
  /** One line for the reader of the table. */
  note?: string | undefined;
  /** Tunes whatever has to be tuned inside `matrix`, all that it ever sees. */
  fit(matrix: ScoreMatrix, context: FitContext): FittedSelector | Promise<FittedSelector>;
}

/** How far an evaluation is. */
export interface EvaluationProgress {
  selector: string;
  /** From 1. */
  split: number;
  splits: number;
  /** 0 to 1. */
  fraction: number;
}

/** What is compared, on what. */
export interface EvaluationOptions {
  train: ScoreMatrix;
  /** Judges instead of held-out prompts of `train`; its flows must be the same. */
  test?: ScoreMatrix | undefined;
  /** A second panel's scores of the same images: chosen by it, judged by the others. A ceiling. */
  raters?: ScoreMatrix | undefined;
  contestants: readonly Contestant[];
  /** What is known of the columns: flows with these ids are offered as they are. Others are bare graphs. */
  flows?: readonly Flow[] | undefined;
  /** Repeated splits, 1 to 1,000. Default: 20. */
  splits?: number | undefined;
  /** Share of the texts in the training part, above 0 and below 1. Default: 0.7. */
  trainShare?: number | undefined;
  /** Seeds the splits, the choices and the bootstrap; a whole number from 0. Default: 0. */
  seed?: number | undefined;
  onProgress?: ((progress: EvaluationProgress) => void) | undefined;
  /** Stops between two selectors of a split; rethrows its reason. */
  signal?: AbortSignal | undefined;
}

/** An estimate with its 95 % interval. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
}

/** A row of the table. Recoveries: 0 is the best single flow, 1 the oracle, below 0 does harm. */
export interface SelectorResult {
  selector: string;
  usesLabels: boolean;
  note: string | null;
  /** Recovery of the first choice; `null` where there is nothing to gain. */
  rho: Interval | null;
  /** Mean score of the first choice, on the data's scale. */
  score: number;
  /** Mean score lost to the oracle. */
  regret: number;
  /** The least recovery of any split. */
  worstSplit: number | null;
  /** Recovery where the best of the first two is always found. */
  top2: number | null;
  /** The same of three. */
  top3: number | null;
  /** Recovery where of any two pictures the better is found in 75 %; the expected value, not a draw. */
  top2Noisy: number | null;
  /** The same of three, the winner of the first two against the third. */
  top3Noisy: number | null;
  /** Share of held-out cells inside the predicted 90 % interval; `null` where none is predicted. */
  coverage90: number | null;
  /** Share of prompts for which it took the best single flow because it was not sure. */
  abstained: number;
  /**
   * Mean time of one `select` for a text that it is asked the first time, in microseconds; `null` for rows that no
   * selector makes.
   */
  microsPerChoice: number | null;
  microsP50: number | null;
  microsP99: number | null;
  /** Mean time of one `fit`. */
  trainSeconds: number | null;
  /** The largest of the splits; `null` where nothing is kept. */
  modelBytes: number | null;
}

/** What was measured. */
export interface Evaluation {
  train: { prompts: number; flows: number };
  test: { prompts: number; flows: number } | null;
  splits: number;
  trainShare: number | null;
  seed: number;
  /** In the order of the contestants; then `oracle`, and `second-panel` where there are raters. */
  selectors: SelectorResult[];
  /** What was left out, and why. */
  notes: string[];
}
