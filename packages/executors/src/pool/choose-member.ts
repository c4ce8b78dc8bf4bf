import { freePlaces } from './member.ts';
import { expectRunMs, type RunTimes } from './run-times.ts';
import type { Attempt, Member, Work } from './types.ts';

/** A member's load during one round of assignments, including the jobs assigned in this round. */
export interface Forecast {
  member: Member;
  freePlaces: number;
  /** How long its jobs will still take together, in milliseconds. */
  backlogMs: number;
  jobs: number;
  loaded: readonly string[];
}

/** The expected run of a job on one member. */
export interface Candidate {
  forecast: Forecast;
  /** How long the job would run, in milliseconds. */
  estimateMs: number;
  /** Whether its models would have to be loaded. */
  cold: boolean;
  /** When the job would be done, in milliseconds from now. */
  doneMs: number;
}

/** A member's load before a round of assignments: its own jobs and those of other clients. */
export function forecastLoad(member: Member, poolTimes: RunTimes, now: number): Forecast {
  const { attempts, foreign, runTimes } = member;
  let backlogMs = foreign * expectRunMs({ flowId: '', cold: false, now }, runTimes, poolTimes);
  let ahead = 0;
  for (const attempt of attempts.keys()) {
    backlogMs += ahead < member.parallel ? remainingMs(attempt, now) : attempt.estimateMs;
    ahead += 1;
  }
  return {
    member,
    freePlaces: freePlaces(member),
    backlogMs,
    jobs: attempts.size + foreign,
    loaded: member.loaded,
  };
}

/** A server takes its jobs one by one: each has run since the one before it ended. */
function remainingMs({ estimateMs, acceptedAt, member }: Attempt, now: number): number {
  if (acceptedAt === undefined) return estimateMs;
  return Math.max(0, estimateMs - (now - Math.max(acceptedAt, member.endedAt)));
}

/**
 * The member on which the job is done first: by what each still has to do, how fast it has been, and whether it has the
 * job's models loaded. It may be one without a free place: then waiting for it is the better choice.
 */
export function chooseMember(
  work: Work,
  forecasts: readonly Forecast[],
  poolTimes: RunTimes,
  now: number,
): Candidate | undefined {
  let best: Candidate | undefined;
  for (const forecast of forecasts) {
    const candidate = evaluate(work, forecast, poolTimes, now);
    if (best === undefined || isBetter(candidate, best)) best = candidate;
  }
  return best;
}

function evaluate(work: Work, forecast: Forecast, poolTimes: RunTimes, now: number): Candidate {
  const { member, loaded, jobs, backlogMs } = forecast;
  const cold = !work.needs.base.every((file) => loaded.includes(file));
  const { flowId } = work.plan;
  const estimateMs = expectRunMs({ flowId, cold, now }, member.runTimes, poolTimes);
  const waitMs = jobs < member.parallel ? 0 : backlogMs / member.parallel;
  return { forecast, estimateMs, cold, doneMs: waitMs + estimateMs };
}

function isBetter(candidate: Candidate, other: Candidate): boolean {
  if (candidate.doneMs !== other.doneMs) return candidate.doneMs < other.doneMs;
  if (candidate.forecast.jobs !== other.forecast.jobs)
    return candidate.forecast.jobs < other.forecast.jobs;
  return candidate.forecast.member.position < other.forecast.member.position;
}

/** Adds a job to its member's load, for the rest of the round. */
export function addToForecast({ forecast, estimateMs }: Candidate, { needs }: Work): void {
  forecast.backlogMs += estimateMs;
  forecast.jobs += 1;
  if (needs.base.length > 0) forecast.loaded = needs.base;
}
