import type { BreakerState, BreakReason } from './breaker.ts';
import type { Member } from './types.ts';

/** How one member of a pool is, at one moment. */
export interface PoolMemberStatus {
  name: string;
  /** The executor's own name. */
  executor: string;
  /** `closed` takes jobs, `open` takes none, `half-open` takes one to see how it goes. */
  breaker: BreakerState;
  /** The last failure since a job succeeded; what opened the breaker. */
  reason?: BreakReason | undefined;
  /** When an open breaker may be probed, in milliseconds since the epoch; it is, once a job waits. */
  probeAt?: number | undefined;
  /** Until when the member asked to be left alone, in milliseconds since the epoch. */
  restUntil?: number | undefined;
  /** It gets no more jobs. */
  removed: boolean;
  /** Jobs of this pool on it, and how many it may have. */
  inFlight: number;
  concurrency: number;
  /** Jobs of others in its queue, as far as it told. */
  foreign: number;
  /** Mean time of a run with the models loaded, in milliseconds; recent ones count more. */
  runMs?: number | undefined;
  /** The models of the last job that it was given. */
  loaded: string[];
  /** Which backend answered, once its inventory was read. */
  source?: string | undefined;
  /** Jobs that it accepted, and what became of those that have ended. */
  accepted: number;
  succeeded: number;
  failed: number;
  lost: number;
}

/** How a pool is, at one moment; plain JSON. */
export interface PoolStatus {
  name: string;
  draining: boolean;
  /** Jobs that wait for a member. */
  waiting: number;
  submitted: number;
  /** Refused by one member and brought to another. */
  moved: number;
  /** Run again after a member lost them. */
  rerun: number;
  members: PoolMemberStatus[];
}

/** The status of a pool and its members at `now`, in milliseconds since the epoch. */
export function readStatus(
  pool: Omit<PoolStatus, 'members'>,
  members: readonly Member[],
  now: number,
): PoolStatus {
  const { name, draining, waiting, submitted, moved, rerun } = pool;
  return {
    name,
    draining,
    waiting,
    submitted,
    moved,
    rerun,
    members: members.map((member) => readMemberStatus(member, now)),
  };
}

function readMemberStatus(member: Member, now: number): PoolMemberStatus {
  const { name, breaker, attempts, concurrency, foreign, removed, restUntil, counts } = member;
  const runMs = member.runTimes.estimate('', false);
  return {
    name,
    executor: member.executor.name,
    breaker: breaker.state,
    ...(breaker.reason && { reason: { ...breaker.reason } }),
    ...(breaker.state === 'open' && { probeAt: breaker.probeAt }),
    ...(restUntil > now && { restUntil }),
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
