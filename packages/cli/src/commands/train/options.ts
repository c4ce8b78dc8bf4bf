import type { CommonOptions } from '../run.ts';

/** What `train` is told. */
export interface TrainOptions extends CommonOptions {
  records?: string;
  out: string;
  force?: boolean;
  seed: number;
  embeddings?: boolean;
  flows?: string[];
}
