import type { Warning, Workflow } from 'comfygen/plugin';
import type { ModelLibrary } from '../model/types.ts';

/** An input in the terms of ComfyUI's `object_info`: its type, or its choices, and options. */
export type InputSpec = readonly [type: string | readonly string[], options?: InputOptions];

/** What is read of an input's options. */
export interface InputOptions {
  default?: string | number | boolean;
  /** Inclusive; for the whole range of a seed, which no `number` holds, leave `max` out and set `seed`. */
  min?: number;
  max?: number;
  step?: number;
  multiline?: boolean;
  /** An integer up to 2^64 − 1, passed on as `number` or `bigint`. */
  seed?: boolean;
  /** The choices are the library's files of this ComfyUI folder (`checkpoints`), or `input` files. */
  folder?: string;
}

/** Finished preview of a latent: three bytes a pixel. */
export interface PreviewPixels {
  width: number;
  height: number;
  rgb: Uint8Array;
}

/** A file that an output node made. */
export interface NodeFile {
  fileName: string;
  bytes: Uint8Array;
  mediaType: string;
}

/** Where LoadImage reads: uploaded bytes first, then the input folder. */
export interface InputFiles {
  /** Names of all that can be read, sorted. */
  list(): Promise<string[]>;
  /** Throws MISSING_INPUT for a name that does not exist. */
  read(name: string): Promise<Uint8Array>;
}

/** What a running node may use. */
export interface NodeContext {
  nodeId: string;
  classType: string;
  /** Aborted when the job is canceled. */
  signal: AbortSignal;
  library: ModelLibrary;
  inputFiles: InputFiles;
  /** The graph that runs, for the record in the files. */
  workflow: Workflow;
  /** What is written beside the graph into every file. */
  record: { [key: string]: unknown };
  /**
   * Reports a step, lets other work through and throws the signal's reason once it is aborted. The
   * preview is made only if somebody watches.
   */
  step(done: number, total: number, preview?: () => PreviewPixels | undefined): Promise<void>;
  /** Said in the job's snapshot with the node's name; repeated when its result comes from the cache. */
  warn(warning: Warning): void;
  /** Hands over a file; for output nodes. */
  output(file: NodeFile): void;
  /** Counts the files of one prefix within the job, from 1. */
  nextFileNumber(prefix: string): number;
  /** Throws INVALID_WORKFLOW where `count` pictures of this size are more than the executor's limit. */
  checkPixels(width: number, height: number, count: number): void;
  /** Throws INVALID_WORKFLOW above the executor's limit of steps. */
  checkSteps(steps: number): void;
}

/** A node class. */
export interface NodeDefinition<Inputs = Record<string, unknown>> {
  classType: string;
  inputs: {
    required: { [name: string]: InputSpec };
    optional?: { [name: string]: InputSpec };
  };
  outputs: readonly string[];
  outputNames?: readonly string[];
  /** The graph runs for the sake of such nodes; their results are never taken from the cache. */
  outputNode?: boolean;
  /** Share of the progress bar, 1 where absent. From 10 on it counts as heavy and waits for light nodes. */
  work?: number;
  /** Anything outside the inputs that the result depends on: the hash of a file. Part of the cache key. */
  changeKey?(inputs: Inputs, context: Pick<NodeContext, 'inputFiles'>): Promise<string>;
  /** Gives one value for each output. Inputs are checked and converted; they are never written into. */
  run(inputs: Inputs, context: NodeContext): readonly unknown[] | Promise<readonly unknown[]>;
}

/** A node class for `embedded({ nodes })`; `Inputs` says what `run` is given. */
export function defineNode<Inputs>(definition: NodeDefinition<Inputs>): NodeDefinition {
  return definition as unknown as NodeDefinition;
}
