import type { CallContext, Warning } from './context.v1.ts';
import type { Inventory } from './inventory.v1.ts';
import type { JsonObject } from './json.v1.ts';
import type { Plan } from './plan.v1.ts';

/** A job's life. The last four are terminal. */
export type JobState =
  | 'queued'
  | 'running'
  | 'canceling'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'expired';

/** A submitted job: plain JSON, enough for another process to go on with it. Carries no secret. */
export interface JobRef {
  executor: string;
  id: string;
  /** Milliseconds since the epoch. */
  submittedAt: number;
  /** What the backend needs besides the id: a workflow id, a tag per output node. */
  data?: JsonObject | undefined;
}

/** How far a job is. */
export interface JobProgress {
  /** 0 to 1, never falling within one job. */
  fraction: number;
  /** The node at work and its class, where the backend tells. */
  node?: string | undefined;
  classType?: string | undefined;
  /** Steps done and to do within that node. */
  step?: number | undefined;
  steps?: number | undefined;
}

/** One file that a job made. */
export interface JobOutput {
  /** The node that made it; `null` where the backend does not say. */
  nodeId: string | null;
  /** Position among all of the job's outputs, from 0. */
  index: number;
  kind: 'image' | 'video' | 'audio' | 'text' | 'file';
  fileName: string;
  /** `image/png`; `null` until downloaded where the backend does not say. */
  mediaType: string | null;
  /** What `download` needs; opaque, JSON-safe, without secrets. */
  ref: JsonObject;
}

/** Why a job failed, as plain data. */
export interface JobFailure {
  /**
   * An error code of docs/errors.md. Any text is read, since a newer part may know more: others are EXECUTION_FAILED.
   */
  code: string;
  message: string;
  retryable: boolean;
  nodeId?: string | undefined;
  classType?: string | undefined;
}

/** The truth about a job at one moment. */
export interface JobSnapshot {
  state: JobState;
  /** The backend's own word. */
  rawState: string;
  progress?: JobProgress | undefined;
  /** Jobs ahead of this one. */
  queuePosition?: number | undefined;
  /** Complete once `state` is `succeeded`. */
  outputs: JobOutput[];
  failure?: JobFailure | undefined;
  /** Milliseconds; what the backend measured. */
  timings?: { queuedMs?: number | undefined; runMs?: number | undefined } | undefined;
  /** Node ids whose result came from the backend's cache. */
  cachedNodes?: string[] | undefined;
  warnings: Warning[];
}

/** A hint from a running job; `inspect` is the truth. */
export type JobEvent =
  | { type: 'state'; state: JobState }
  | { type: 'progress'; progress: JobProgress }
  | { type: 'preview'; bytes: Uint8Array; mediaType: string; nodeId?: string | undefined }
  | { type: 'output'; output: JobOutput }
  | { type: 'warning'; warning: Warning };

/** The bytes of one output. */
export interface Downloaded {
  bytes: Uint8Array;
  mediaType: string;
}

/**
 * What can't be seen of an executor: each is `false` where it is not said. What has a method needs no word here: a
 * `cancel`, `upload`, `inventory` or `parseWebhook` that is there is supported.
 */
export interface ExecutorSupports {
  /** `watch` yields node and step progress. */
  progress?: boolean | undefined;
  /** `watch` has no events but looks at the job from time to time. Core does so itself, and leaves it alone. */
  watchPolls?: boolean | undefined;
  /** `watch` yields pictures of what is being made. */
  previews?: boolean | undefined;
  /** A reference outlives this process. */
  resume?: boolean | undefined;
  /** The id is chosen by us, so `ctx.onRef` gets the reference before the request. */
  ownId?: boolean | undefined;
  /** The seed in the graph is the seed that runs. */
  seed?: boolean | undefined;
  /** Outputs name the node that made them. */
  nodeOutputs?: boolean | undefined;
  /** It talks HTTP: cases of the conformance suite about connections apply. */
  http?: boolean | undefined;
}

/**
 * `submit`'s context: `onRef` makes the reference durable before the job can exist. It gets a newer one, of the same
 * `id`, where the executor moves the job later.
 */
export interface SubmitContext extends CallContext {
  /** Resolves once the reference is stored: only then may the job be sent. */
  onRef(ref: JobRef): Promise<void>;
}

/** Runs plans somewhere. */
export interface ExecutorV1 {
  spec: 'v1';
  role: 'executor';
  name: string;
  supports: ExecutorSupports;
  /** Resolves once the backend has accepted the job. Throws SUBMIT_UNKNOWN when the outcome cannot be known. */
  submit(plan: Plan, ctx: SubmitContext): Promise<JobRef>;
  /** The truth about a job now. Throws, or says failed, with JOB_LOST or NOT_FOUND where there is no such job. */
  inspect(ref: JobRef, ctx: CallContext): Promise<JobSnapshot>;
  /** Ends after the job's terminal `state` event. May miss events, may end early: never the truth. */
  watch?(ref: JobRef, ctx: CallContext): AsyncIterable<JobEvent>;
  /** Asks the backend to stop; resolves with what became of it. A terminal job is left as it is. */
  cancel?(ref: JobRef, ctx: CallContext): Promise<JobSnapshot>;
  /** The bytes of one output. Throws OUTPUT_MISSING or OUTPUT_EXPIRED where there are none. */
  download(output: JobOutput, ref: JobRef, ctx: CallContext): Promise<Downloaded>;
  /** Stores an input file; resolves with the name to put into the graph. */
  upload?(
    file: { name: string; bytes: Uint8Array; mediaType: string },
    ctx: CallContext,
  ): Promise<{ name: string; warnings: Warning[] }>;
  /** What it can run now; core offers only flows that fit it. Without it every flow is offered. */
  inventory?(ctx: CallContext): Promise<Inventory>;
  /** Verifies and reads a service's call; throws on a bad signature. */
  parseWebhook?(
    request: { headers: Record<string, string>; body: string },
    ctx: CallContext,
  ): Promise<{ ref: JobRef; snapshot: JobSnapshot | null }>;
  /** Ends what it holds; may be called twice. */
  dispose?(): Promise<void>;
}
