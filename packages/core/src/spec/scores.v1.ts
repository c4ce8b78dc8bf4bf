/** One prompt of a matrix. */
export interface ScoredPrompt {
  /** Unique in its matrix. */
  id: string;
  text: string;
  /** Labels that came with the data, in kebab-case; empty where there are none. */
  labels: string[];
}

/** What was scored: a row a prompt, a column a flow. Higher is better; the scale is the scorer's own. */
export interface ScoreMatrix {
  /** Flow ids, unique. */
  flows: string[];
  prompts: ScoredPrompt[];
  /** `[prompt][flow]`; `null` where the pair was never scored. */
  scores: (number | null)[][];
}

/** What is known of one flow over some prompts, after what the prompts themselves do to scores was taken out. */
export interface FlowScore {
  /** Estimated mean score on the scorer's scale, shrunk towards the coarser estimate where there is little data. */
  mean: number;
  /** Standard error of `mean`; `null` where one prompt or none was scored. */
  standardError: number | null;
  /** Prompts that were scored with this flow. */
  count: number;
}

/**
 * Mean scores by flow and label: what a selector in context reads. Plain JSON; the hash tells tables apart and
 * tells a damaged one.
 */
export interface ScoreTable {
  schema: 'comfygen/score-table@1';
  /** `sha256:` of the rest, canonically written. */
  hash: string;
  /** Who scored; `null` where that is not known. */
  scorer: { name: string; version: string } | null;
  /** Prompts that it was made from. */
  prompts: number;
  /** Flow ids in the order of the columns. */
  flows: string[];
  labels: { label: string; prompts: number }[];
  /** By flow, over all prompts. */
  overall: FlowScore[];
  /** `[label][flow]`. */
  byLabel: FlowScore[][];
}
