import type {
  ComfygenError,
  ExecutorV1,
  JobRef,
  JobSnapshot,
  Plan,
  Warning,
} from 'comfygen/plugin';
import type { Breaker } from './breaker.ts';
import type { Needs } from './needs.ts';
import type { RunTimes } from './run-times.ts';
import type { Stock } from './stock.ts';

/** One try of a job on one member, from the moment it holds a place there. */
export interface Flight {
  member: Member;
  job: PoolJob;
  /** How long it was expected to run, in milliseconds. */
  estimateMs: number;
  /** Whether its models had to be loaded. */
  cold: boolean;
  /** When the member took it, in milliseconds since the epoch. */
  acceptedAt: number | undefined;
  /** The member's own reference, once it gave one. */
  ref: JobRef | undefined;
  /** Looks at it that the member refused, one after the other, and since when. */
  refusals: { since: number; looks: number } | undefined;
  /** A look that nobody asked for. */
  looking: boolean;
  /** Aborted when the job is taken away from the member. */
  over: AbortController;
}

/** An executor of the pool, with all that placing goes by. */
export interface Member {
  name: string;
  executor: ExecutorV1;
  /** Its place in the pool: the first of equals gets the job. */
  place: number;
  parallel: number;
  concurrency: number;
  breaker: Breaker;
  stock: Stock;
  times: RunTimes;
  /** Jobs that hold a place, in the order in which they got it. */
  flights: Set<Flight>;
  /** The models of the last job that it was given. */
  loaded: readonly string[];
  /** Jobs of others in its queue, as far as it told. */
  foreign: number;
  /** It asked to be left alone until then. */
  restUntil: number;
  /** Gets no more jobs. */
  removed: boolean;
  probing: boolean;
  /** When it last answered. */
  answeredAt: number;
  /** When a job on it last ended. */
  endedAt: number;
  counts: { accepted: number; succeeded: number; failed: number; lost: number };
}

/** A job as the pool knows it. */
export interface PoolJob {
  /** Its turn: smaller goes first, also when it is run again. */
  turn: number;
  /** `undefined` for a job of another process, which can't be run again. */
  plan: Plan | undefined;
  needs: Needs | undefined;
  /** What stays of the pool's reference when the job moves. */
  first: Pick<JobRef, 'id' | 'submittedAt'> | undefined;
  /** Makes a reference durable. */
  onRef: (ref: JobRef) => Promise<void>;
  /** Members that surely can't run it, and what they said. */
  refusals: Map<Member, ComfygenError>;
  /** Refusals of members that may take it later, since its last place. */
  refused: { last: ComfygenError; times: number; since: number } | undefined;
  /** The member that lost it. */
  avoid: Member | undefined;
  /** Since when no member could take it. */
  strandedSince: number | undefined;
  /** Whether each member has what it needs, by the version of the member's stock. */
  fits: Map<Member, { version: number; fits: boolean }>;
  /** Where it is; `undefined` while it waits. */
  flight: Flight | undefined;
  /** Where it ended. */
  last: Flight | undefined;
  /** Settles once it has a new place, or an end; never rejects. */
  moving: Promise<void> | undefined;
  /** Ends its moving. */
  stop: AbortController | undefined;
  /** Its end, where the pool has to remember it. */
  final: JobSnapshot | undefined;
  reruns: number;
  /** Said in every snapshot from now on. */
  warnings: Warning[];
  canceled: boolean;
  /** When somebody last asked for it, in milliseconds since the epoch. */
  askedAt: number;
}
