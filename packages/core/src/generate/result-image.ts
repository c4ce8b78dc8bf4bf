import type { JobOutput, Score } from '../spec/index.ts';

/** One file of a run, a picture in most, with its score. */
export interface ResultImage {
  bytes: Uint8Array;
  mediaType: string;
  /** What it is: of a flow for films the film is a `video`, and the picture that it also saves an `image`. */
  kind: JobOutput['kind'];
  /** `main`: what the whole graph leads to; `other`: what it saves besides, such as a draft. */
  role: 'main' | 'other';
  /** `sha256:` of the bytes. */
  hash: string;
  /** In pixels; `undefined` for what is no PNG, JPEG or WebP. */
  width?: number | undefined;
  /** In pixels. */
  height?: number | undefined;
  /** The seed in decimal. In a batch all images share the job's seed, each with its own part of the noise. */
  seed: string;
  /** Its place in its job's batch, from 0; 0 where each image has a job of its own. */
  batchIndex: number;
  /** The flow that made it. */
  flowId: string;
  /** Position among the run's images as they were made, from 0. */
  index: number;
  output: JobOutput;
  /** The scorer's answer; `null` where no scorer is plugged in or it failed, and for what is no main picture. */
  score: Score | null;
}

/** One try of a flow on an executor. */
export interface Attempt {
  flowId: string;
  executor: string;
  outcome: 'succeeded' | 'failed';
  /** The code and message of what went wrong. */
  error?: { code: string; message: string } | undefined;
}
