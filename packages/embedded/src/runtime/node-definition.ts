import type { Made, Warning, Workflow } from 'comfygen/plugin';
import type { ModelLibrary } from '../model/types.ts';

/** An input in the terms of ComfyUI's `object_info`: its type, or its choices, and options. */
export type InputSpec = readonly [type: string | readonly string[], options?: InputOptions];

/** The options of an input that are used here. */
export interface InputOptions {
  default?: string | number | boolean;
  /** Limits, inclusive. For a seed set `seed` and leave `max` out, since no `number` holds its whole range. */
  min?: number;
  max?: number;
  step?: number;
  multiline?: boolean;
  /** Whether it is a seed: an integer up to 2^64 − 1, given to the node as `number` or `bigint`. */
  seed?: boolean;
  /** A ComfyUI folder (`checkpoints`, or `input`) whose files are the choices. */
  folder?: string;
}

/** A preview picture of a latent, in RGB: three bytes a pixel. */
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

/** The input files of LoadImage: uploaded ones, then those of the input folder. */
export interface InputFiles {
  /** The names of all files, sorted. */
  list(): Promise<string[]>;
  /** The bytes of a file. Throws MISSING_INPUT for a name that does not exist. */
  read(name: string): Promise<Uint8Array>;
}

/** What a node's `run` is given besides its inputs. */
export interface NodeContext {
  nodeId: string;
  classType: string;
  /** Aborted when the job is canceled. */
  signal: AbortSignal;
  library: ModelLibrary;
  inputFiles: InputFiles;
  /** The graph that runs; it is written into files. */
  workflow: Workflow;
  /** Further fields that are written into each file beside the graph. */
  record: { [key: string]: unknown };
  /**
   * Reports a step, lets other work through and throws the signal's reason once it is aborted. The
   * preview is made only if somebody watches.
   */
  step(done: number, total: number, preview?: () => PreviewPixels | undefined): Promise<void>;
  /**
   * Adds a warning to the job's snapshot, with the node's name. It comes again when the result is taken from the
   * cache.
   */
  warn(warning: Warning): void;
  /** Adds a file to the job's outputs; for output nodes. */
  output(file: NodeFile): void;
  /** The next number for files of a prefix within the job, from 1. */
  nextFileNumber(prefix: string): number;
  /** Throws INVALID_WORKFLOW where `count` pictures of this size are more than the executor's limit. */
  checkPixels(width: number, height: number, count: number): void;
  /** Throws INVALID_WORKFLOW where so many conditions in one CONDITIONING are more than the executor's limit. */
  checkConditions(count: number): void;
  /**
   * Throws INVALID_WORKFLOW where a result of so many bytes, beside all that the job holds now, is more than the
   * executor's limit. Call it before making one that is larger than the inputs.
   */
  checkBytes(bytes: number): void;
  /** Throws INVALID_WORKFLOW above the executor's limit of steps. */
  checkSteps(steps: number): void;
}

/** A node class: its inputs and outputs, and the function that computes them. */
export interface NodeDefinition<Inputs = Record<string, unknown>> {
  classType: string;
  inputs: {
    required: { [name: string]: InputSpec };
    optional?: { [name: string]: InputSpec };
  };
  outputs: readonly string[];
  outputNames?: readonly string[];
  /** Whether graphs are run for this node, as for SaveImage. Results of such nodes are never taken from the cache. */
  outputNode?: boolean;
  /** Its share of the progress bar. Default: 1. Nodes from 10 on count as heavy and run after the light ones. */
  work?: number;
  /** Anything outside the inputs that the result depends on: the hash of a file. Part of the cache key. */
  changeKey?(inputs: Inputs, context: Pick<NodeContext, 'inputFiles'>): Promise<string>;
  /**
   * Computes the node: one value for each output. The inputs are checked and converted; don't change them. What takes
   * more than some milliseconds is best a generator that yields often, or awaits `context.step`: others run then, and
   * an abort is met.
   */
  run(inputs: Inputs, context: NodeContext): Made<readonly unknown[]> | Promise<readonly unknown[]>;
}

/** A node class for `embedded({ nodes })`; `Inputs` says what `run` is given. */
export function defineNode<Inputs>(definition: NodeDefinition<Inputs>): NodeDefinition {
  return definition as unknown as NodeDefinition;
}
