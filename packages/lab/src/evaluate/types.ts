import type { Flow, ScoreMatrix, SelectorV1 } from 'comfygen/plugin';

/** What `fit` is told besides the training part. */
export interface FitContext {
  /** The seed for all random draws of the training; differs between splits. */
  seed: number;
  signal: AbortSignal;
}

/** A selector that was trained. */
export interface FittedSelector {
  selector: SelectorV1;
  /** Size of what must be kept to choose again, in bytes; `null` where nothing is kept or the size is not known. */
  modelBytes: number | null;
}

/** A method to compare: it is trained on each split's training part, then asked for the split's test prompts. */
export interface Contestant {
  /** The name of its row, unique. */
  name: string;
  /**
   * Whether it is given the labels of the data: at `fit` in the matrix, at `select` as
   * `brief.options[selector.name].labels`. Others see no label at all. Default: false.
   */
  usesLabels?: boolean | undefined;
  /** One line for the reader of the table. */
  note?: string | undefined;
  /** Trains on `matrix`, the only scores that it ever sees; tuning has to happen inside it too. */
  fit(matrix: ScoreMatrix, context: FitContext): FittedSelector | Promise<FittedSelector>;
}

/** How far an evaluation is. */
export interface EvaluationProgress {
  selector: string;
  /** Number of the current split, from 1. */
  split: number;
  splits: number;
  /** The part that is done, 0 to 1. */
  fraction: number;
}

/** Options of `evaluateSelectors`. */
export interface EvaluationOptions {
  train: ScoreMatrix;
  /** Scores to test on, instead of held-out prompts of `train`; the flows must be the same. Default: none. */
  test?: ScoreMatrix | undefined;
  /**
   * A second panel's scores of the same images. Adds a row that chooses by them and is judged by the others: a
   * ceiling. Default: none.
   */
  raters?: ScoreMatrix | undefined;
  contestants: readonly Contestant[];
  /**
   * The flows behind the columns, by id, to be offered as they are. A column without one is offered as a bare graph.
   */
  flows?: readonly Flow[] | undefined;
  /** Repeated splits, 1 to 1,000. Default: 20. */
  splits?: number | undefined;
  /** The share of texts that goes into the training part, above 0 and below 1. Default: 0.7. */
  trainShare?: number | undefined;
  /** Seeds the splits, the choices and the bootstrap; a whole number from 0. Default: 0. */
  seed?: number | undefined;
  onProgress?: ((progress: EvaluationProgress) => void) | undefined;
  /** Stops the evaluation between two selectors of a split; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** A mean with the limits of its 95 % interval. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
}

/**
 * A row of the table. Recovery is the share of the way from the best single flow (0) to the oracle (1); below 0 the
 * choice does harm.
 */
export interface SelectorResult {
  selector: string;
  usesLabels: boolean;
  note: string | null;
  /** Recovery of the first choice; `null` where there is nothing to gain. */
  rho: Interval | null;
  /** Mean score of the first choice, on the data's scale. */
  score: number;
  /** How far the mean score of the first choice is below the oracle's. */
  regret: number;
  /** The least recovery of any split. */
  worstSplit: number | null;
  /** Recovery if the better of the first two choices is always found. */
  top2: number | null;
  /** Recovery if the best of the first three choices is always found. */
  top3: number | null;
  /** Recovery if the better of the first two pictures is found in 75 % of cases; computed as an expected value. */
  top2Noisy: number | null;
  /** As `top2Noisy` for three: the winner of the first two is compared with the third. */
  top3Noisy: number | null;
  /** Share of held-out scores inside their predicted 90 % interval; `null` where no interval is predicted. */
  coverage90: number | null;
  /** Share of prompts for which it took the best single flow because it was not sure, 0 to 1. */
  abstained: number;
  /**
   * Mean time of one `select` for a text that it is asked the first time, in microseconds; `null` for rows that no
   * selector makes.
   */
  microsPerChoice: number | null;
  microsP50: number | null;
  microsP99: number | null;
  /** Mean time of one `fit`, in seconds. */
  trainSeconds: number | null;
  /** The largest model of any split, in bytes; `null` where nothing is kept. */
  modelBytes: number | null;
}

/** The result of an evaluation. */
export interface Evaluation {
  train: { prompts: number; flows: number };
  test: { prompts: number; flows: number } | null;
  splits: number;
  trainShare: number | null;
  seed: number;
  /** One row for each contestant, in their order; then `oracle`, and `second-panel` where there are raters. */
  selectors: SelectorResult[];
  /** Notes for the reader, such as what was left out and why. */
  notes: string[];
}
