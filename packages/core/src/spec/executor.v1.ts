import type { CallContext, Warning } from './context.v1.ts';
import type { Inventory } from './inventory.v1.ts';
import type { JsonObject } from './json.v1.ts';
import type { Plan } from './plan.v1.ts';

/** The state of a job. The last four are final: nothing follows them. */
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
  /** Id of the node that is running, and its class; absent where the backend does not tell. */
  node?: string | undefined;
  classType?: string | undefined;
  /** How many steps of that node are done, and how many it has. */
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
  /** Such as `image/png`; `null` before the download where the backend does not say. */
  mediaType: string | null;
  /** What `download` needs; opaque, JSON-safe, without secrets. */
  ref: JsonObject;
}

/** Why a job failed, as plain data. */
export interface JobFailure {
  /** An error code of docs/errors.md. Any other text, such as a code of a newer part, is read as EXECUTION_FAILED. */
  code: string;
  message: string;
  retryable: boolean;
  nodeId?: string | undefined;
  classType?: string | undefined;
  /** It was taken out of the backend's queue before it began, so it may be run elsewhere. Default false. */
  takenBack?: boolean | undefined;
}

/** What the backend says of a job at one moment: its state, the files that it made, and why it failed. */
export interface JobSnapshot {
  state: JobState;
  /** The state in the backend's own word. */
  rawState: string;
  progress?: JobProgress | undefined;
  /** Jobs ahead of this one. */
  queuePosition?: number | undefined;
  /** The files that the job has made; all of them once `state` is `succeeded`. */
  outputs: JobOutput[];
  failure?: JobFailure | undefined;
  /** How long the job waited and ran, in milliseconds, as the backend measured it. */
  timings?: { queuedMs?: number | undefined; runMs?: number | undefined } | undefined;
  /** Node ids whose result came from the backend's cache. */
  cachedNodes?: string[] | undefined;
  warnings: Warning[];
}

/** News of a running job. Events can be missing: `inspect` tells the job's real state. */
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
 * What an executor declares that can't be seen from outside; a field that is left out counts as `false`. Methods are
 * not declared: a `cancel`, `upload`, `inventory` or `parseWebhook` that is there is supported.
 */
export interface ExecutorSupports {
  /** `watch` yields node and step progress. */
  progress?: boolean | undefined;
  /** `watch` only calls `inspect` from time to time. Core does that itself, and does not call `watch`. */
  watchPolls?: boolean | undefined;
  /** `watch` yields pictures of what is being made. */
  previews?: boolean | undefined;
  /** Another process can follow a job by its reference after this one has ended. */
  resume?: boolean | undefined;
  /** The executor chooses the job's id itself, so `ctx.onRef` gets the reference before the request is sent. */
  ownId?: boolean | undefined;
  /** The seed in the graph is the seed that runs. */
  seed?: boolean | undefined;
  /** Outputs name the node that made them. */
  nodeOutputs?: boolean | undefined;
  /** `submit` stores a plan's `files` itself, for whichever backend gets the job. Else core does, by `upload`. */
  files?: boolean | undefined;
  /** It talks HTTP: cases of the conformance suite about connections apply. */
  http?: boolean | undefined;
}

/**
 * The context of `submit`. The executor gives the job's reference to `onRef`, which stores it before the job can
 * exist, and a newer one of the same `id` where it moves the job later.
 */
export interface SubmitContext extends CallContext {
  /** Resolves once the reference is stored: only then may the job be sent. */
  onRef(ref: JobRef): Promise<void>;
}

/** Runs plans on a backend: submits jobs, follows them, and downloads what they made. */
export interface ExecutorV1 {
  spec: 'v1';
  role: 'executor';
  name: string;
  /** Names of the parts inside of it that read options of their own: members of a pool, what a wrapper wraps. */
  inner?: readonly string[] | undefined;
  /**
   * Which options of a run are read, by the name of the part that reads them, itself or one inside; core refuses others
   * before anything is sent. Of a part that is not listed all are handed on.
   */
  runOptions?: { readonly [part: string]: readonly string[] } | undefined;
  supports: ExecutorSupports;
  /** Resolves once the backend has accepted the job. Throws SUBMIT_UNKNOWN when the outcome cannot be known. */
  submit(plan: Plan, ctx: SubmitContext): Promise<JobRef>;
  /** The job's state now. Throws, or says failed, with JOB_LOST or NOT_FOUND where there is no such job. */
  inspect(ref: JobRef, ctx: CallContext): Promise<JobSnapshot>;
  /** The job's events up to its final `state`. May miss events and may end early: only `inspect` is certain. */
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
  /** How many jobs it can work on at once now: a run of several pictures is split into so many. Default 1. */
  jobsAtOnce?(): number;
  /** What the backend can run now; core offers only flows that fit it. Without this method every flow is offered. */
  inventory?(ctx: CallContext): Promise<Inventory>;
  /** The job that a webhook call is about; where `snapshot` is `null`, `inspect` it. Throws on a bad signature. */
  parseWebhook?(
    request: { headers: Record<string, string>; body: string },
    ctx: CallContext,
  ): Promise<{ ref: JobRef; snapshot: JobSnapshot | null }>;
  /** Releases what the executor holds, such as connections; may be called twice. */
  dispose?(): Promise<void>;
}
