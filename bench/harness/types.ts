import type { Workflow } from '../../packages/core/src/workflow/index.ts';

/** Which graph a job runs. */
export type Shape = 'text' | 'three-saves' | 'bad-model' | 'failing';

/** One job to run. The seed names it: the server tells the same one with its files. */
export interface Job {
  seed: number;
  shape: Shape;
  graph: Workflow;
  /** The nodes whose files are wanted. */
  wanted: string[];
}

/** File names by node. */
export type Outputs = Record<string, string[]>;

/** A client under test. `run` rejects, or gives files, or hangs. */
export interface Client {
  run(job: Job): Promise<Outputs>;
  close(): void | Promise<void>;
  /** Listeners that it left on what outlives a job, where that can be seen. */
  listeners?(): number;
}

/** Opens a client by its documented happy path. */
export type Open = (urls: readonly string[]) => Promise<Client>;

/** How a server behaves. */
export interface ServerSetup {
  /** Steps of the sampler and what each takes; a job takes their product. */
  steps: number;
  stepMs: number;
  /** Bytes of the preview of each step; 0 for none. */
  previewBytes: number;
  /** What goes wrong, by name. */
  fault?: string | undefined;
  /** Dies for good in the middle of the job after so many. */
  diesAfter?: number | undefined;
}

/** What a client has to do. */
export interface Load {
  jobs: number;
  /** Jobs in flight at once. */
  inFlight: number;
  /** A job that has not settled by then counts as hung. */
  hangMs: number;
  /** No job is begun after so long. */
  budgetMs: number;
  steps: number;
  warmUp: number;
  shape: Shape;
  /** Jobs beside it that must not disturb it. */
  neighbour?: Shape | undefined;
  /** Whether a job repeats the one before. */
  repeat?: boolean | undefined;
  /** How many of the output nodes are wanted; default all. */
  wanted?: number | undefined;
  /** Waits so long before each look at the heap; 0 looks at the end only. */
  idleMs: number;
}

/** How one job ended, as its client saw it; times in milliseconds since the epoch. */
export interface Outcome {
  seed: number;
  shape: Shape;
  wanted: string[];
  state: 'done' | 'failed' | 'hung';
  startedAt: number;
  endedAt: number;
  outputs?: Outputs | undefined;
  error?: string | undefined;
}

/** What the client's process says of itself. */
export interface ClientReport {
  outcomes: Outcome[];
  beganAt: number;
  cpuMs: number;
  rssStartMb: number;
  rssPeakMb: number;
  heapBeforeMb: number;
  /** After `atHalf` jobs, where the load waits in its middle: what is kept on purpose is full by then. */
  heapHalfMb?: number | undefined;
  atHalf: number;
  heapAfterMb: number;
  listeners?: number | undefined;
  /** Handles that were still open a moment after `close`: timers, sockets. */
  left?: Record<string, number> | undefined;
}

/** A job as its server ran it. */
export interface ServedJob {
  seed: number;
  startedAt: number;
  endedAt: number;
  ok: boolean;
  outputs: Outputs;
}

/** What a server counted since the mark. */
export interface ServerReport {
  calls: number;
  routes: Record<string, number>;
  bytesIn: number;
  bytesOut: number;
  tcpSockets: number;
  webSockets: number;
  jobs: ServedJob[];
  /** Jobs begun, ended or not. */
  begun: number;
  diedAt?: number | undefined;
}

/** Everything of one run. */
export interface Run {
  client: string;
  ended: 'reported' | 'died' | 'stuck';
  /** What it died of. */
  death?: string | undefined;
  report?: ClientReport | undefined;
  servers: ServerReport[];
  /** Whether the process ended by itself after `close`, and when. */
  exitMs?: number | undefined;
}
