/** One prompt of a matrix. */
export interface ScoredPrompt {
  /** Unique in its matrix. */
  id: string;
  text: string;
  /** Labels that came with the data, in kebab-case; empty where there are none. */
  labels: string[];
}

/** Scores by prompt (rows) and flow (columns). Higher is better; the scale is the scorer's own. */
export interface ScoreMatrix {
  /** Flow ids, unique. */
  flows: string[];
  prompts: ScoredPrompt[];
  /** `[prompt][flow]`; `null` where the pair was never scored. */
  scores: (number | null)[][];
}

/** How well one flow scores over some prompts, corrected for prompts that score high or low whatever the flow. */
export interface FlowScore {
  /** Estimated mean score on the scorer's scale, shrunk towards the coarser estimate where there is little data. */
  mean: number;
  /** Standard error of `mean`; `null` where one prompt or none was scored. */
  standardError: number | null;
  /** Prompts that were scored with this flow. */
  count: number;
}

/**
 * Mean scores by flow and label, as the selector `inContext` reads them. Plain JSON; the hash tells tables apart and
 * shows whether one is damaged.
 */
export interface ScoreTable {
  schema: 'comfygen/score-table@1';
  /** `sha256:` of the rest, canonically written. */
  hash: string;
  /** Who scored; `null` where that is not known. */
  scorer: { name: string; version: string } | null;
  /** Prompts that it was made from. */
  prompts: number;
  /** Flow ids, in the order that `overall` and each row of `byLabel` follow. */
  flows: string[];
  labels: { label: string; prompts: number }[];
  /** Each flow's score over all prompts. */
  overall: FlowScore[];
  /** Each flow's score over the prompts of one label: `[label][flow]`. */
  byLabel: FlowScore[][];
}
