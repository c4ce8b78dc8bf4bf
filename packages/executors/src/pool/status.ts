import type { BreakerState, BreakReason } from './breaker.ts';
import type { PoolState } from './pool-state.ts';
import type { Member } from './types.ts';

/** How one member of a pool is. */
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

/** The status of a pool. */
export function readStatus(
  { part, dispatcher, counts }: PoolState,
  members: readonly Member[],
  draining: boolean,
  now: number,
): PoolStatus {
  const { submitted, moved, rerun } = counts;
  return {
    name: part.name,
    draining,
    waiting: dispatcher.waiting,
    submitted,
    moved,
    rerun,
    members: members.map((member) => readMemberStatus(member, now)),
  };
}

function readMemberStatus(member: Member, now: number): PoolMemberStatus {
  const { name, breaker, flights, concurrency, foreign, removed, restUntil, counts } = member;
  const runMs = member.times.estimate('', false);
  return {
    name,
    executor: member.executor.name,
    breaker: breaker.state,
    ...(breaker.reason && { reason: { ...breaker.reason } }),
    ...(breaker.state === 'open' && { probeAt: breaker.probeAt }),
    ...(restUntil > now && { restUntil }),
    removed,
    inFlight: flights.size,
    concurrency,
    foreign,
    ...(runMs !== undefined && { runMs: Math.round(runMs) }),
    loaded: [...member.loaded],
    ...(member.stock.inventory && { source: member.stock.inventory.source }),
    ...counts,
  };
}
