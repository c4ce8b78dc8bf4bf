import { isTerminal } from 'comfygen/http';
import {
  type CallContext,
  ComfygenError,
  type JobEvent,
  type JobSnapshot,
  monotonic,
  untilAborted,
} from 'comfygen/plugin';
import { reasonOf } from './breaker.ts';
import { attemptOf, endJob, rerunOf, touchJob } from './job-state.ts';
import { requeueLost } from './requeue-lost.ts';
import type { PoolContext } from './submit-job.ts';
import type { AcceptedAttempt, PoolJob, Work } from './types.ts';

/** A server counts as gone after so many refused connections at least. */
const MIN_REFUSED_CONNECTIONS = 3;

/**
 * A job's snapshot, read from its member; one that its member surely lost is queued again. `read` asks the member.
 * Rejects with the signal's reason, DISPOSED, and whatever the member throws that proves no loss.
 */
export async function inspectJob(
  job: PoolJob,
  ctx: CallContext,
  pool: PoolContext,
  read = ({ member, ref }: AcceptedAttempt) => member.executor.inspect(ref, ctx),
): Promise<JobSnapshot> {
  for (;;) {
    const { state } = job;
    if (state.phase === 'lost') return structuredClone(state.final);
    if (state.phase === 'queued' || state.phase === 'submitting') return waitingSnapshot(job);
    const { attempt } = state;
    try {
      const snapshot = await read(attempt);
      // It moved meanwhile: what its former member says counts no more.
      if (attemptOf(job) !== attempt) continue;
      return noteSnapshot(job, { attempt, snapshot, now: monotonic(ctx.clock) }, pool);
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (pool.disposed) throw pool.disposed;
      if (attemptOf(job) !== attempt) continue;
      const now = monotonic(ctx.clock);
      if (!provesLoss(attempt, error, now, pool)) throw error;
      return requeueLost(job, attempt, { reason: reasonOf(error), now }, pool);
    }
  }
}

/**
 * A job's events, whichever member runs it: when it moves, the next member's events follow, and progress is left out
 * until it is further than before. Ends after the job's final state, and early where the member gives no events.
 * Rejects with the signal's reason.
 */
export async function* watchJob(
  job: PoolJob,
  ctx: CallContext,
  pool: PoolContext,
): AsyncGenerator<JobEvent> {
  let reached = 0;
  let warned = 0;
  for (;;) {
    ctx.signal.throwIfAborted();
    if (pool.disposed) return;
    for (const warning of job.warnings.slice(warned)) yield { type: 'warning', warning };
    warned = job.warnings.length;
    const rerun = rerunOf(job);
    if (rerun) await untilAborted(ctx.signal, () => rerun.settled);
    if (job.state.phase === 'lost') return yield { type: 'state', state: job.state.final.state };
    const attempt = attemptOf(job);
    if (!attempt?.ref || !attempt.member.executor.watch) return;
    const withdrawn = attempt.withdrawn.signal;
    const signal = AbortSignal.any([ctx.signal, withdrawn]);
    try {
      for await (const event of attempt.member.executor.watch(attempt.ref, { ...ctx, signal })) {
        if (withdrawn.aborted) break;
        touchJob(job, monotonic(ctx.clock));
        if (event.type === 'progress') {
          if (event.progress.fraction < reached) continue;
          reached = event.progress.fraction;
        }
        if (event.type === 'state' && isTerminal(event)) {
          // Whether a job is lost, only a look at it can tell; then it is not over.
          if (event.state === 'failed') {
            const snapshot = await inspectJob(job, ctx, pool).catch(() => undefined);
            if (snapshot && !isTerminal(snapshot)) break;
          }
          return yield event;
        }
        yield event;
      }
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (!withdrawn.aborted) {
        if (ComfygenError.is(error, 'JOB_LOST')) return;
        throw error;
      }
    }
    if (withdrawn.aborted) continue;
    // Its events ended early: only a look tells whether it has to move.
    const snapshot = await inspectJob(job, ctx, pool).catch(() => undefined);
    ctx.signal.throwIfAborted();
    if (!withdrawn.aborted) {
      if (snapshot && isTerminal(snapshot)) yield { type: 'state', state: snapshot.state };
      return;
    }
  }
}

/** What a member said of a job. */
interface Observation {
  attempt: AcceptedAttempt;
  snapshot: JobSnapshot;
  now: number;
}

/** Draws the conclusions from what a member says of a job. */
function noteSnapshot(job: PoolJob, seen: Observation, pool: PoolContext): JobSnapshot {
  const { attempt, snapshot, now } = seen;
  attempt.unreachable = undefined;
  attempt.member.answeredAt = now;
  const { failure } = snapshot;
  if (snapshot.state === 'failed' && failure?.code === 'JOB_LOST') {
    const reason = reasonOf(new ComfygenError('JOB_LOST', failure.message));
    return requeueLost(job, attempt, { reason, now }, pool);
  }
  if (!isTerminal(snapshot)) {
    countForeignJobs(attempt, snapshot);
    return withWarnings(job, snapshot);
  }
  // A job whose end somebody saw before, or another process's, holds no place.
  const { state } = job;
  if (state.phase === 'running') recordResult(state.work, seen, pool);
  if (failure && mayMove(job, seen, pool)) {
    const reason = { code: failure.code, message: failure.message };
    return requeueLost(job, attempt, { reason, now, isFailed: true }, pool);
  }
  endJob(job, attempt);
  // Remembered only where its reference no longer says where it is.
  if (job.reruns > 0) pool.jobs.retire(job);
  else pool.jobs.remove(job);
  if (state.phase === 'running') pool.dispatcher.release(attempt);
  return withWarnings(job, snapshot);
}

/**
 * Whether a job that failed is worth a try on another member: it had not begun, or its server is too small for it. It
 * never comes back to that one.
 */
function mayMove(job: PoolJob, { attempt, snapshot }: Observation, pool: PoolContext): boolean {
  const { state } = job;
  const { code, message, retryable, takenBack } = snapshot.failure!;
  const isTooSmall = code === 'HOST_FAULT' && !retryable;
  if (state.phase !== 'running' || job.cancelRequested || !(takenBack || isTooSmall)) return false;
  if (job.reruns >= pool.settings.maxReruns) return false;
  if (!pool.dispatcher.fitsElsewhere(state.work, attempt.member)) return false;
  if (isTooSmall) state.work.unfit.set(attempt.member, new ComfygenError('HOST_FAULT', message));
  return true;
}

function withWarnings(job: PoolJob, snapshot: JobSnapshot): JobSnapshot {
  if (job.warnings.length === 0) return snapshot;
  return { ...snapshot, warnings: [...snapshot.warnings, ...job.warnings] };
}

function waitingSnapshot(job: PoolJob): JobSnapshot {
  const rawState = rerunOf(job) ? 'moving' : 'submitting';
  return { state: 'queued', rawState, outputs: [], warnings: [...job.warnings] };
}

/** Lets the member's breaker, counts and run times know how a job on it ended. */
function recordResult(
  { plan }: Work,
  { attempt, snapshot, now }: Observation,
  { poolTimes }: PoolContext,
): void {
  const { member, cold, acceptedAt } = attempt;
  const { breaker, counts, runTimes } = member;
  const code = snapshot.failure?.code;
  if (snapshot.state === 'succeeded') {
    counts.succeeded += 1;
    breaker.succeeded();
    const since = member.parallel === 1 ? Math.max(acceptedAt, member.endedAt) : acceptedAt;
    const runMs = snapshot.timings?.runMs ?? Math.max(0, now - since);
    const cached = plan.outputNodes.every((id) => snapshot.cachedNodes?.includes(id));
    if (!cached) {
      runTimes.record(plan.flowId, runMs, cold, now);
      poolTimes.record(plan.flowId, runMs, cold, now);
    }
  } else {
    counts.failed += 1;
    const reason = { code: code ?? snapshot.state, message: snapshot.failure?.message ?? '' };
    if (code === 'SERVER_WEDGED') breaker.trip(reason, now);
    else if (code === 'HOST_FAULT') breaker.fail(reason, now);
    else breaker.worked();
  }
  member.endedAt = now;
}

/** Jobs of others in a member's queue: those ahead of ours that are not ours. */
function countForeignJobs(attempt: AcceptedAttempt, { state, queuePosition }: JobSnapshot): void {
  const { member } = attempt;
  if (state === 'running') member.foreign = 0;
  if (state !== 'queued' || queuePosition === undefined) return;
  let ours = 0;
  for (const other of member.attempts.keys()) {
    if (other === attempt) break;
    ours += 1;
  }
  member.foreign = Math.max(0, queuePosition - ours);
}

/** Whether an error proves that the member has lost the job; its breaker hears of every error. */
function provesLoss(
  attempt: AcceptedAttempt,
  error: unknown,
  now: number,
  { dispatcher, settings }: PoolContext,
): boolean {
  const { breaker, answeredAt } = attempt.member;
  if (ComfygenError.is(error, 'JOB_LOST')) return true;
  const unreachable = ComfygenError.is(error, 'UNAVAILABLE');
  const before = breaker.state;
  if (unreachable || ComfygenError.is(error, 'AUTH') || ComfygenError.is(error, 'FORBIDDEN'))
    breaker.trip(reasonOf(error), now);
  else if (ComfygenError.is(error) && error.retryable) breaker.fail(reasonOf(error), now);
  if (breaker.state !== before) dispatcher.recheck();
  const last = attempt.unreachable;
  if (!unreachable) {
    attempt.unreachable = undefined;
    return false;
  }
  // An answer to any other call in between begins the count anew.
  const { since, times } = last && last.since >= answeredAt ? last : { since: now, times: 0 };
  attempt.unreachable = { since, times: times + 1 };
  // Two refused connections far apart may be two short outages.
  return times + 1 >= MIN_REFUSED_CONNECTIONS && now - since >= settings.lostAfterMs;
}
