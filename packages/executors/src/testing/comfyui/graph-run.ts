import type { Workflow } from 'comfygen/workflow';
import type { NodeOutput, StoredFile } from './server-state.ts';

/** The job that a `RunGraph` function is given, and the calls by which it reports what it does. */
export interface GraphRun {
  promptId: string;
  workflow: Workflow;
  /** Ids of the output nodes to run; other output nodes are left out. */
  outputs: readonly string[];
  /** Aborted when the job is interrupted. */
  signal: AbortSignal;
  /** Reports the nodes whose results are cached. Call it once, before any other. */
  cached(ids: readonly string[]): void;
  start(id: string): void;
  /** Step `value` of `max` is done; a preview image may go with it. */
  step(id: string, value: number, max: number, preview?: PreviewImage): void;
  /** Reports that a node is done, with what an output node shows. */
  finish(id: string, output?: NodeOutput): void;
  /** Reports a cached output node: it shows its earlier result again. */
  replay(id: string, output: NodeOutput): void;
  /** The bytes of an input file under the name that LoadImage uses; `undefined` where there is none. */
  readInput(name: string): Uint8Array | undefined;
  /** Stores an image where SaveImage (`output`) or PreviewImage (`temp`) would, and gives its place. */
  save(bytes: Uint8Array, prefix: string, type: 'output' | 'temp'): StoredFile;
}

/** An image that a node shows while it works. */
export interface PreviewImage {
  mediaType: 'image/jpeg' | 'image/png';
  bytes: Uint8Array;
}

/** Runs a graph. An error that it throws becomes the failure of the node that was started last. */
export type RunGraph = (run: GraphRun) => Promise<void>;

/** The failure of a node, with the exception type and message that Python would give. */
export class NodeFailure extends Error {
  override readonly name: string = 'NodeFailure';
  /** The Python class of the exception: `RuntimeError`, `torch.OutOfMemoryError`. */
  readonly exceptionType: string;
  constructor(exceptionType: string, message: string) {
    super(message);
    this.exceptionType = exceptionType;
  }
}

/** What a job ends with whose links run in a circle that validation overlooked: an error, and still a success. */
export class CircleFailure extends NodeFailure {
  /** The first output node that waits for the circle. */
  readonly nodeId: string;
  constructor(nodeId: string) {
    super('graph.DependencyCycleError', 'Dependency cycle detected');
    this.nodeId = nodeId;
  }
}
