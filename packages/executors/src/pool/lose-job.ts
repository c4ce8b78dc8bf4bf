import {
  type CallContext,
  ComfygenError,
  type JobSnapshot,
  type Plan,
  type Warning,
} from 'comfygen/plugin';
import type { PoolState } from './pool-state.ts';
import { reasonOf } from './refusal.ts';
import { submitJob } from './submit-job.ts';
import type { Flight, PoolJob } from './types.ts';

/** Takes a job away from the member that lost it, and runs it again where that may be done. */
export function loseJob(
  job: PoolJob,
  flight: Flight,
  error: unknown,
  ctx: CallContext,
  pool: PoolState,
): JobSnapshot {
  const { member } = flight;
  const held = member.flights.has(flight);
  const reason = reasonOf(error);
  if (held) {
    member.counts.lost += 1;
    member.breaker.fail({ ...reason, code: 'JOB_LOST' }, ctx.clock.now());
    flight.over.abort();
    // A server that was started again has nothing loaded.
    member.loaded = [];
  }
  if (held && job.plan && !job.canceled && job.reruns < pool.settings.maxReruns) {
    runAgain(job, job.plan, flight, reason.message, pool);
    return { state: 'queued', rawState: 'moving', outputs: [], warnings: [...job.warnings] };
  }
  const failure = { code: 'JOB_LOST', message: reason.message, retryable: true };
  const final: JobSnapshot = job.canceled
    ? { state: 'canceled', rawState: 'lost', outputs: [], warnings: [...job.warnings] }
    : { state: 'failed', rawState: 'lost', outputs: [], failure, warnings: [...job.warnings] };
  if (held) end(job, flight, final, pool);
  return final;
}

function runAgain(job: PoolJob, plan: Plan, flight: Flight, why: string, pool: PoolState): void {
  const lostBy = flight.member.name;
  job.avoid = flight.member;
  job.reruns += 1;
  pool.counts.rerun += 1;
  const stop = new AbortController();
  job.stop = stop;
  const warning: Warning = {
    code: 'job-rerun',
    message: `${lostBy} lost job ${job.first?.id}, so it is run again (${job.reruns}. time).`,
    part: pool.part,
    details: { member: lostBy, rerun: job.reruns, reason: why },
  };
  job.warnings.push(warning);
  const { clock, log } = pool.ctx();
  log.warn(warning.message, { executor: pool.part.name, reason: why });
  const ctx = { signal: stop.signal, deadline: undefined, clock, log, onRef: job.onRef };
  // An id is good for one submit.
  const again = { ...plan, id: globalThis.crypto.randomUUID() };
  job.flight = undefined;
  pool.moving += 1;
  job.moving = submitJob(job, again, ctx, pool, false)
    .then(
      () => {},
      (error: unknown) => end(job, flight, unplaced(job, error), pool),
    )
    .finally(() => {
      job.moving = undefined;
      job.stop = undefined;
      pool.moving -= 1;
      pool.dispatcher.review();
    });
  pool.dispatcher.release(flight);
}

/** The end of a job that was lost and could not be run again. */
function unplaced(job: PoolJob, error: unknown): JobSnapshot {
  const common = { outputs: [], warnings: [...job.warnings] };
  if (job.canceled) return { state: 'canceled', rawState: 'moving', ...common };
  // Of what was surely refused, nothing is left anywhere.
  const unknown = ComfygenError.is(error, 'SUBMIT_UNKNOWN');
  const failure = {
    code: unknown ? 'SUBMIT_UNKNOWN' : 'JOB_LOST',
    message: `The job was lost, and running it again failed: ${reasonOf(error).message}`,
    retryable: !unknown,
  };
  return { state: 'failed', rawState: 'lost', failure, ...common };
}

function end(job: PoolJob, flight: Flight, final: JobSnapshot, pool: PoolState): void {
  job.final = final;
  job.plan = undefined;
  job.needs = undefined;
  pool.jobs.retire(job);
  pool.dispatcher.release(flight);
}
