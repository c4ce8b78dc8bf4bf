import {
  type CallContext,
  ComfygenError,
  type ExecutorV1,
  errorInfo,
  type JobRef,
  monotonic,
  type PartRef,
  type Plan,
  type SubmitContext,
  uploadAgain,
  uploadFiles,
} from 'comfygen/plugin';
import { reasonOf } from './breaker.ts';
import type { Dispatcher } from './dispatcher.ts';
import {
  acceptAttempt,
  countRejection,
  nameAttempt,
  warnOfJob,
  withdrawAttempt,
} from './job-state.ts';
import { type JobTable, wrapRef } from './job-table.ts';
import type { Settings } from './options.ts';
import type { RunTimes } from './run-times.ts';
import type { Attempt, Member, PoolJob, Work } from './types.ts';

/** How long a member that says that it is busy is left alone where it does not say how long, in milliseconds. */
const REST_MS = 5_000;
/** A job that was refused so often, and for the pool's patience, is given back. */
const MAX_REJECTIONS = 10;

/** What the calls of one pool share. */
export interface PoolContext {
  readonly part: PartRef;
  readonly settings: Settings;
  readonly jobs: JobTable;
  readonly dispatcher: Dispatcher;
  /** Run times of all members together. */
  readonly poolTimes: RunTimes;
  /** A context that lives as long as the pool, on the clock of the last call. */
  ctx(): CallContext;
  /** Lost jobs that are on their way to another member. */
  rerunning: number;
  readonly counts: { submitted: number; moved: number; rerun: number };
  /** The error that calls throw once the pool was disposed of; `undefined` before. */
  disposed: ComfygenError | undefined;
}

/** A job that waits, with the plan to submit for it: its own, or one for a rerun. */
export interface Submission {
  job: PoolJob;
  work: Work;
  plan: Plan;
}

/**
 * Brings a job to a member that accepts it, and gives the pool's reference to it. Another member is tried only where
 * the one before surely did not accept the job. Rejects with the signal's reason, with SUBMIT_UNKNOWN where a member
 * may have accepted it all the same, and with why no member takes it.
 */
export async function submitJob(
  submission: Submission,
  ctx: SubmitContext,
  pool: PoolContext,
): Promise<JobRef> {
  const { job, work, plan } = submission;
  const storedTwice = new Set<Member>();
  for (;;) {
    // A job that comes back had its place in the pool already.
    const bounded = job.reruns === 0 && work.rejections === undefined;
    const attempt = await pool.dispatcher.assign(job, work, ctx.signal, bounded);
    let unsaved: { error: unknown } | undefined;
    const onRef = async (ref: JobRef) => {
      await ctx.onRef(register(job, attempt, ref, pool)).catch((error: unknown) => {
        unsaved = { error };
        throw error;
      });
    };
    try {
      const ready = await storeFiles(attempt.member.executor, plan, { job, ctx });
      const ref = await attempt.member.executor.submit(ready, { ...ctx, onRef });
      const acceptedAt = monotonic(ctx.clock);
      acceptAttempt(job, work, attempt, { ref, acceptedAt });
      attempt.member.answeredAt = acceptedAt;
      attempt.member.counts.accepted += 1;
      return register(job, attempt, ref, pool);
    } catch (error) {
      // A job that is run again stays known: somebody follows it.
      if (job.reruns === 0) pool.jobs.remove(job);
      withdrawAttempt(job, work, attempt);
      pool.dispatcher.release(attempt);
      ctx.signal.throwIfAborted();
      if (unsaved) throw unsaved.error;
      const { member } = attempt;
      const isLost = ComfygenError.is(error, 'MISSING_INPUT') && !storedTwice.has(member);
      if (isLost && uploadAgain(member.executor, plan)) {
        storedTwice.add(member);
        continue;
      }
      const { part, settings } = pool;
      const now = monotonic(ctx.clock);
      const final = noteRefusal(work, member, error, { part, settings, now });
      pool.dispatcher.recheck();
      if (final) throw final;
      // One that was looked for in vain may run after all: that is more than a move.
      pool.counts[ComfygenError.is(error, 'JOB_LOST') ? 'rerun' : 'moved'] += 1;
      ctx.log.info('job refused, trying another member', {
        executor: pool.part.name,
        member: member.name,
        error: String(error),
      });
    }
  }
}

/**
 * The plan with its pictures on the member that gets it. Nothing was submitted where that fails: a fault of the member
 * sends the job to another one.
 */
async function storeFiles(
  executor: ExecutorV1,
  plan: Plan,
  { job, ctx }: { job: PoolJob; ctx: CallContext },
): Promise<Plan> {
  if (!plan.files || executor.supports.files) return plan;
  try {
    const { plan: ready, warnings } = await uploadFiles(executor, plan, ctx);
    for (const warning of warnings) warnOfJob(job, warning);
    return ready;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (ComfygenError.is(error) && errorInfo(error.code).submit !== 'unknown') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${executor.name} could not store a picture: ${reason}`;
    throw new ComfygenError('UNAVAILABLE', message, { cause: error });
  }
}

/** Makes the job known under its reference, which says which member has it. */
function register(
  job: PoolJob,
  attempt: Attempt,
  ref: JobRef,
  { part, jobs }: PoolContext,
): JobRef {
  const identity = nameAttempt(job, attempt, ref);
  jobs.add(job);
  return wrapRef(part.name, attempt.member.name, ref, identity);
}

/** Draws the conclusions from a failed submit; gives the error to throw where the job must not go to another member. */
function noteRefusal(
  work: Work,
  member: Member,
  error: unknown,
  pool: { part: PartRef; settings: Settings; now: number },
): unknown {
  const { part, settings, now } = pool;
  const meaning = ComfygenError.is(error) ? errorInfo(error.code).submit : 'unknown';
  if (meaning === 'refused-plan') return error;
  if (meaning === 'unknown' || !ComfygenError.is(error)) {
    member.breaker.fail(reasonOf(error), now);
    return submitUnknown(error, member.name, part);
  }
  if (meaning === 'refused-unfit') {
    work.unfit.set(member, error);
    return undefined;
  }
  if (meaning === 'refused-down') member.breaker.trip(reasonOf(error), now, error.retryAfterMs);
  else member.restUntil = Math.max(member.restUntil, now + (error.retryAfterMs ?? REST_MS));
  const { times, since } = countRejection(work, error, now);
  return times >= MAX_REJECTIONS && now - since >= settings.patienceMs ? error : undefined;
}

function submitUnknown(error: unknown, member: string, part: PartRef): ComfygenError {
  if (ComfygenError.is(error, 'SUBMIT_UNKNOWN')) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const message = `${member} failed to submit, and the job may have been accepted all the same: ${reason}`;
  return new ComfygenError('SUBMIT_UNKNOWN', message, { part, cause: error, details: { member } });
}
