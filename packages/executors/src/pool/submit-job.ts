import { ComfygenError, type JobRef, type Plan, type SubmitContext } from 'comfygen/plugin';
import { wrapRef } from './pool-ref.ts';
import type { PoolState } from './pool-state.ts';
import { readRefusal, reasonOf } from './refusal.ts';
import type { Flight, PoolJob } from './types.ts';

/** How long a member that says that it is busy is left alone where it does not say how long, in milliseconds. */
const REST_MS = 5_000;
/** A job that was refused so often, and for the pool's patience, is given back. */
const MANY = 10;

/**
 * Brings a job to a member that takes it, and gives the pool's reference to it. Another member is tried only where the
 * one before surely did not take the job.
 */
export async function submitJob(
  job: PoolJob,
  plan: Plan,
  ctx: SubmitContext,
  pool: PoolState,
  bounded: boolean,
): Promise<JobRef> {
  for (;;) {
    const flight = await pool.dispatcher.place(job, ctx.signal, bounded && !job.refused);
    let unkept: { error: unknown } | undefined;
    const onRef = async (ref: JobRef) => {
      const own = register(job, flight, ref, pool);
      await ctx.onRef(own).catch((error: unknown) => {
        unkept = { error };
        throw error;
      });
    };
    try {
      const { executor } = flight.member;
      const ref = await executor.submit(plan, { ...ctx, onRef });
      return accept(job, flight, ref, ctx, pool);
    } catch (error) {
      leave(job, flight, pool);
      ctx.signal.throwIfAborted();
      if (unkept) throw unkept.error;
      const last = refuse(job, flight, error, ctx, pool);
      pool.dispatcher.review();
      if (last) throw last;
      pool.counts.moved += 1;
      ctx.log.info('job refused, trying another member', {
        executor: pool.part.name,
        member: flight.member.name,
        error: String(error),
      });
    }
  }
}

/** Makes the job known under the reference of its new place. */
function register(job: PoolJob, flight: Flight, ref: JobRef, { part, jobs }: PoolState): JobRef {
  flight.ref = ref;
  job.first ??= { id: ref.id, submittedAt: ref.submittedAt };
  jobs.add(job);
  return wrapRef(part.name, flight.member.name, ref, job.first);
}

function accept(
  job: PoolJob,
  flight: Flight,
  ref: JobRef,
  { clock }: SubmitContext,
  pool: PoolState,
): JobRef {
  flight.acceptedAt = clock.now();
  job.askedAt = flight.acceptedAt;
  flight.member.answeredAt = flight.acceptedAt;
  job.refused = undefined;
  job.strandedSince = undefined;
  flight.member.counts.accepted += 1;
  return register(job, flight, ref, pool);
}

function leave(job: PoolJob, flight: Flight, { jobs, dispatcher }: PoolState): void {
  // A job that is run again stays known: somebody follows it.
  if (job.reruns === 0) jobs.remove(job);
  flight.over.abort();
  dispatcher.release(flight);
}

/** Draws the conclusions from a failed submit; gives the error to throw where the job must not go to another member. */
function refuse(
  job: PoolJob,
  { member }: Flight,
  error: unknown,
  { clock }: SubmitContext,
  { part, settings }: PoolState,
): unknown {
  const now = clock.now();
  const kind = readRefusal(error);
  if (kind === 'plan') return error;
  if (kind === 'unknown' || !ComfygenError.is(error)) {
    member.breaker.fail(reasonOf(error), now);
    return unknownOutcome(error, member.name, part);
  }
  if (kind === 'lacks') {
    job.refusals.set(member, error);
    return undefined;
  }
  if (kind === 'down') member.breaker.trip(reasonOf(error), now, error.retryAfterMs);
  else member.restUntil = Math.max(member.restUntil, now + (error.retryAfterMs ?? REST_MS));
  const { times = 0, since = now } = job.refused ?? {};
  job.refused = { last: error, times: times + 1, since };
  return times + 1 >= MANY && now - since >= settings.patienceMs ? error : undefined;
}

function unknownOutcome(error: unknown, member: string, part: PoolState['part']): ComfygenError {
  if (ComfygenError.is(error, 'SUBMIT_UNKNOWN')) return error;
  const told = error instanceof Error ? error.message : String(error);
  const message = `${member} failed to submit, and the job may have been accepted all the same: ${told}`;
  return new ComfygenError('SUBMIT_UNKNOWN', message, { part, cause: error, details: { member } });
}
