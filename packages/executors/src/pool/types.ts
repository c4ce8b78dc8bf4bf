import type {
  ComfygenError,
  ExecutorV1,
  JobRef,
  JobSnapshot,
  Plan,
  Warning,
} from 'comfygen/plugin';
import type { Breaker } from './breaker.ts';
import type { InventoryCache } from './inventory-cache.ts';
import type { RunTimes } from './run-times.ts';

/** An executor of the pool, with the state that members are chosen by. */
export interface Member {
  name: string;
  executor: ExecutorV1;
  /** Its position in the pool: of equally good members, the first gets the job. */
  position: number;
  parallel: number;
  concurrency: number;
  breaker: Breaker;
  inventory: InventoryCache;
  runTimes: RunTimes;
  /** The attempts that hold a place on it, with their jobs, in the order in which they got it. */
  attempts: Map<Attempt, PoolJob>;
  /** The models of the last job that it was given. */
  loaded: readonly string[];
  /** How many jobs of other clients are in its queue, as far as it reported. */
  foreign: number;
  /** It is left alone until then, on the monotonic clock. */
  restUntil: number;
  /** Whether it was removed: it gets no more jobs. */
  removed: boolean;
  /** Whether a probe of it is in progress. */
  probing: boolean;
  /** When it last answered, on the monotonic clock. */
  answeredAt: number;
  /** When a job on it last ended, on the monotonic clock. */
  endedAt: number;
  counts: { accepted: number; succeeded: number; failed: number; lost: number };
}

/** One try of a job on one member, from the moment it holds a place there. */
export interface Attempt {
  readonly member: Member;
  /** How long it was expected to run, in milliseconds. */
  readonly estimateMs: number;
  /** Whether its models had to be loaded. */
  readonly cold: boolean;
  /** The member's own reference, once it gave one. */
  readonly ref: JobRef | undefined;
  /** When the member accepted it, on the monotonic clock. */
  readonly acceptedAt: number | undefined;
  /** Aborted when the job is taken away from the member. */
  readonly withdrawn: AbortController;
  /** Refused connections in a row while it was followed, and since when. */
  unreachable: { since: number; times: number } | undefined;
}

/** An attempt that its member accepted. */
export type AcceptedAttempt = Attempt & { readonly ref: JobRef; readonly acceptedAt: number };

/** A job as the pool knows it. Only the functions of job-state.ts write to it. */
export interface PoolJob {
  /** Its turn in the queue: smaller goes first, also when it is run again. */
  readonly turn: number;
  /**
   * The id and time that the pool's reference keeps when the job moves; `undefined` until a member gave a reference.
   */
  readonly identity: Pick<JobRef, 'id' | 'submittedAt'> | undefined;
  /** Stores a reference durably, as the caller of `submit` asked. */
  readonly onRef: (ref: JobRef) => Promise<void>;
  readonly state: PoolJobState;
  /** How often it was run again. */
  readonly reruns: number;
  /** Warnings to add to every snapshot from now on. */
  readonly warnings: readonly Warning[];
  readonly cancelRequested: boolean;
  /** When a caller last asked for it, on the monotonic clock. */
  readonly askedAt: number;
}

/**
 * Where a job is:
 * - `queued`: waits for a member; `submitting`: was assigned to one, which has not accepted it yet;
 * - `running`: a member has it, in its own queue or at work;
 * - `adopted`: another process submitted it, so it can be followed but not run again;
 * - `ended`: its member knows the result; `lost`: no member has it any more, and the pool keeps its end.
 */
type PoolJobState =
  | { readonly phase: 'queued'; readonly work: Work; readonly rerun: Rerun | undefined }
  | {
      readonly phase: 'submitting';
      readonly work: Work;
      readonly rerun: Rerun | undefined;
      readonly attempt: Attempt;
    }
  | { readonly phase: 'running'; readonly work: Work; readonly attempt: AcceptedAttempt }
  | { readonly phase: 'adopted' | 'ended'; readonly attempt: AcceptedAttempt }
  | { readonly phase: 'lost'; readonly final: JobSnapshot };

/** What is needed to assign a job; dropped once the job has ended. */
export interface Work {
  readonly plan: Plan;
  readonly needs: Needs;
  /** Members that surely can't run it, with the refusal of each. */
  readonly unfit: Map<Member, ComfygenError>;
  /** Whether each member has what the job needs, with the version of the inventory that this was read from. */
  readonly fits: Map<Member, { version: number; fits: boolean }>;
  /** Refusals, since the last acceptance, by members that may take it later. */
  readonly rejections: { last: ComfygenError; times: number; since: number } | undefined;
  /** The member that lost it: gets it again only where no other can run it. */
  readonly avoid: Member | undefined;
  /** Since when no member could take it, on the monotonic clock. */
  readonly unschedulableSince: number | undefined;
}

/** The search for a new member for a lost job. */
export interface Rerun {
  /** Abort it to end the search. */
  readonly stop: AbortController;
  /** Resolves once the job has a new member or an end; never rejects. */
  readonly settled: Promise<void>;
}

/** What a plan needs of the member that runs it. */
export interface Needs {
  readonly classes: readonly string[];
  readonly files: readonly NamedFile[];
  /** Model files that are so large that it matters whether they are in memory. */
  readonly base: readonly string[];
  /** All short texts in the graph: names of uploaded files are among them. */
  readonly texts: ReadonlySet<string>;
  /** Whether it brings pictures that a member has to store. */
  readonly pictures: boolean;
}

/** A file that an input of a node names. */
export interface NamedFile {
  classType: string;
  input: string;
  file: string;
  /** The ComfyUI folder of the file; `undefined` where the node class is not a known loader. */
  folder: string | undefined;
}

/** Which members have a file that was uploaded through the pool, by its name. */
export type Uploads = Map<string, ReadonlySet<Member>>;
