import { type Clock, monotonic } from 'comfygen/plugin';
import type { BreakerState, BreakReason } from './breaker.ts';
import type { Member } from './types.ts';

/** How one member of a pool is, at one moment. */
export interface PoolMemberStatus {
  name: string;
  /** The executor's own name. */
  executor: string;
  /** Whether it gets jobs: `closed`: yes; `open`: none; `half-open`: one, to see how it goes. */
  breaker: BreakerState;
  /** The last failure since a job succeeded; while the breaker is open, the failure that opened it. */
  reason?: BreakReason | undefined;
  /**
   * The earliest time of a probe while the breaker is open, in milliseconds since the epoch; it needs a waiting job.
   */
  probeAt?: number | undefined;
  /** It gets no jobs until then, in milliseconds since the epoch: it was busy and asked to be left alone. */
  restUntil?: number | undefined;
  /** Whether it was removed from the pool: it gets no more jobs. */
  removed: boolean;
  /** How many of the pool's jobs it holds, and how many it may hold. */
  inFlight: number;
  concurrency: number;
  /** How many jobs of other clients are in its queue, as far as it reported. */
  foreign: number;
  /** Mean time of a run with the models loaded, in milliseconds; recent ones count more. */
  runMs?: number | undefined;
  /** Model files of the last job that it was given, which it most likely has in memory. */
  loaded: string[];
  /** Which backend it is, from its inventory; absent until that was read. */
  source?: string | undefined;
  /** How many of the pool's jobs it accepted, and how those that are over have ended. */
  accepted: number;
  succeeded: number;
  failed: number;
  lost: number;
}

/** How a pool is, at one moment; plain JSON. */
export interface PoolStatus {
  name: string;
  draining: boolean;
  /** How many jobs wait for a member. */
  waiting: number;
  submitted: number;
  /** How often a job was refused by one member and taken to another. */
  moved: number;
  /** How often a job was run again after a member lost it. */
  rerun: number;
  members: PoolMemberStatus[];
}

/** The status of a pool and its members now, with dates by the clock. */
export function readStatus(
  pool: Omit<PoolStatus, 'members'>,
  members: readonly Member[],
  clock: Clock,
): PoolStatus {
  const { name, draining, waiting, submitted, moved, rerun } = pool;
  return {
    name,
    draining,
    waiting,
    submitted,
    moved,
    rerun,
    members: members.map((member) => readMemberStatus(member, clock)),
  };
}

function readMemberStatus(member: Member, clock: Clock): PoolMemberStatus {
  const now = monotonic(clock);
  const dateOf = (at: number) => clock.now() + at - now;
  const { name, breaker, attempts, concurrency, foreign, removed, restUntil, counts } = member;
  const runMs = member.runTimes.estimate('', false);
  return {
    name,
    executor: member.executor.name,
    breaker: breaker.state,
    ...(breaker.reason && { reason: { ...breaker.reason } }),
    ...(breaker.state === 'open' && { probeAt: dateOf(breaker.probeAt!) }),
    ...(restUntil > now && { restUntil: dateOf(restUntil) }),
    removed,
    inFlight: attempts.size,
    concurrency,
    foreign,
    ...(runMs !== undefined && { runMs: Math.round(runMs) }),
    loaded: [...member.loaded],
    ...(member.inventory.value && { source: member.inventory.value.source }),
    ...counts,
  };
}
