import type { Workflow } from 'comfygen/workflow';
import type { NodeOutput, StoredFile } from './server-state.ts';

/** What a function that runs graphs is given: the job, and how to tell what it does. */
export interface GraphRun {
  promptId: string;
  workflow: Workflow;
  /** The output nodes to run; others in the graph are left out. */
  outputs: readonly string[];
  /** Aborted when the job is interrupted. */
  signal: AbortSignal;
  /** Names the nodes whose results are there already. To be called once, before any other. */
  cached(ids: readonly string[]): void;
  start(id: string): void;
  /** Step `value` of `max` is done; a preview image may go with it. */
  step(id: string, value: number, max: number, preview?: PreviewImage): void;
  /** A node is done; an output node has something to show. */
  finish(id: string, output?: NodeOutput): void;
  /** An output node that was in the cache shows its result again. */
  replay(id: string, output: NodeOutput): void;
  /** An input file by the name that LoadImage has for it; `undefined` where there is none. */
  readInput(name: string): Uint8Array | undefined;
  /** Keeps an image where SaveImage (`output`) or PreviewImage (`temp`) would. */
  save(bytes: Uint8Array, prefix: string, type: 'output' | 'temp'): StoredFile;
}

/** An image that a node shows while it works. */
export interface PreviewImage {
  mediaType: 'image/jpeg' | 'image/png';
  bytes: Uint8Array;
}

/** Runs a graph; what it throws is the failure of the node that was started last. */
export type RunGraph = (run: GraphRun) => Promise<void>;

/** A failure of a node, in Python's words. */
export class NodeFailure extends Error {
  override readonly name = 'NodeFailure';
  /** `RuntimeError`, `torch.OutOfMemoryError`. */
  readonly exceptionType: string;
  constructor(exceptionType: string, message: string) {
    super(message);
    this.exceptionType = exceptionType;
  }
}
