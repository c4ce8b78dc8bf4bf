import { freeSlots } from './member.ts';
import { expectRun, type RunTimes } from './run-times.ts';
import type { Flight, Member, PoolJob } from './types.ts';

/** A member as one round of placing sees it: with what was placed in this round. */
export interface Prospect {
  member: Member;
  slots: number;
  /** Work that it still has to do, in milliseconds. */
  backlogMs: number;
  jobs: number;
  loaded: readonly string[];
}

/** What a job would cost on a member. */
export interface Offer {
  prospect: Prospect;
  estimateMs: number;
  cold: boolean;
  /** When the job would be done, in milliseconds from now. */
  doneMs: number;
}

/** How a member stands before a round. */
export function lookAhead(member: Member, everyone: RunTimes, now: number): Prospect {
  const { flights, foreign, times } = member;
  let backlogMs = foreign * expectRun(times, everyone, '', false, now);
  let ahead = 0;
  for (const flight of flights) {
    backlogMs += ahead < member.parallel ? leftOf(flight, now) : flight.estimateMs;
    ahead += 1;
  }
  return {
    member,
    slots: freeSlots(member),
    backlogMs,
    jobs: flights.size + foreign,
    loaded: member.loaded,
  };
}

/** A server takes its jobs one by one: each has run since the one before it ended. */
function leftOf({ estimateMs, acceptedAt, member }: Flight, now: number): number {
  if (acceptedAt === undefined) return estimateMs;
  return Math.max(0, estimateMs - (now - Math.max(acceptedAt, member.endedAt)));
}

/**
 * The member on which the job is done first: by what each still has to do, how fast it has been, and whether it has the
 * job's models loaded. It may be one without a free place: then waiting for it is the better choice.
 */
export function chooseMember(
  job: PoolJob,
  prospects: readonly Prospect[],
  everyone: RunTimes,
  now: number,
): Offer | undefined {
  let best: Offer | undefined;
  for (const prospect of prospects) {
    const offer = offerOf(job, prospect, everyone, now);
    if (best === undefined || isBetter(offer, best)) best = offer;
  }
  return best;
}

function offerOf(job: PoolJob, prospect: Prospect, everyone: RunTimes, now: number): Offer {
  const { member, loaded, jobs, backlogMs } = prospect;
  const cold = !(job.needs?.base ?? []).every((file) => loaded.includes(file));
  const estimateMs = expectRun(member.times, everyone, job.plan?.flowId ?? '', cold, now);
  const waitMs = jobs < member.parallel ? 0 : backlogMs / member.parallel;
  return { prospect, estimateMs, cold, doneMs: waitMs + estimateMs };
}

function isBetter(one: Offer, other: Offer): boolean {
  if (one.doneMs !== other.doneMs) return one.doneMs < other.doneMs;
  if (one.prospect.jobs !== other.prospect.jobs) return one.prospect.jobs < other.prospect.jobs;
  return one.prospect.member.place < other.prospect.member.place;
}

/** Counts a job as placed, for the rest of the round. */
export function book({ prospect, estimateMs }: Offer, job: PoolJob): void {
  prospect.backlogMs += estimateMs;
  prospect.jobs += 1;
  if (job.needs && job.needs.base.length > 0) prospect.loaded = job.needs.base;
}
