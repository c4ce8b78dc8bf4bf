import type { CommonOptions } from '../run.ts';

/** Options of `bench selectors`. */
export interface BenchSelectorsOptions extends CommonOptions {
  train: string;
  test?: string;
  raters?: string;
  selector?: string[];
  llm?: string;
  seed: number;
  splits: number;
  out?: string;
  force?: boolean;
  quiet?: boolean;
}
