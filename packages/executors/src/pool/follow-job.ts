import { type CallContext, ComfygenError, type JobRef, type JobSnapshot } from 'comfygen/plugin';
import { loseJob } from './lose-job.ts';
import type { PoolState } from './pool-state.ts';
import { reasonOf } from './refusal.ts';
import type { Flight, PoolJob } from './types.ts';

/** A server counts as gone after so many refused looks at least. */
const LOST_LOOKS = 3;

/** Whether a job is over. */
export function isFinal({ state }: Pick<JobSnapshot, 'state'>): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'canceled' || state === 'expired';
}

/** How a job is, wherever it is now; one that its member surely lost begins to move. */
export async function inspectJob(
  job: PoolJob,
  ctx: CallContext,
  pool: PoolState,
  read = (flight: Flight, ref: JobRef) => flight.member.executor.inspect(ref, ctx),
): Promise<JobSnapshot> {
  for (;;) {
    const flight = job.moving ? undefined : (job.flight ?? job.last);
    if (job.final) return structuredClone(job.final);
    if (!flight?.ref || flight.acceptedAt === undefined) return waiting(job);
    try {
      const snapshot = await read(flight, flight.ref);
      // It moved meanwhile: what its former member says counts no more.
      if (job.flight !== flight && !ended(job, flight)) continue;
      return take(job, flight, snapshot, ctx, pool);
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (pool.closed) throw pool.closed;
      if (job.flight !== flight && !ended(job, flight)) continue;
      if (isLost(flight, error, ctx, pool)) return loseJob(job, flight, error, ctx, pool);
      throw error;
    }
  }
}

/** A job whose end was seen by somebody else keeps its member, but holds no place there. */
const ended = (job: PoolJob, flight: Flight) => job.flight === undefined && job.last === flight;

function waiting(job: PoolJob): JobSnapshot {
  const rawState = job.moving ? 'moving' : 'submitting';
  return { state: 'queued', rawState, outputs: [], warnings: [...job.warnings] };
}

/** Draws the conclusions from what a member says of a job. */
function take(
  job: PoolJob,
  flight: Flight,
  snapshot: JobSnapshot,
  ctx: CallContext,
  pool: PoolState,
): JobSnapshot {
  const { member } = flight;
  flight.refusals = undefined;
  member.answeredAt = ctx.clock.now();
  const lost = snapshot.state === 'failed' && snapshot.failure?.code === 'JOB_LOST';
  if (lost) {
    const { message } = snapshot.failure!;
    return loseJob(job, flight, new ComfygenError('JOB_LOST', message), ctx, pool);
  }
  if (!isFinal(snapshot)) {
    noteQueue(job, flight, snapshot);
    return told(job, snapshot);
  }
  const held = member.flights.has(flight);
  if (held) settle(job, flight, snapshot, ctx.clock.now(), pool);
  finish(job, flight, pool);
  if (held) pool.dispatcher.release(flight);
  return told(job, snapshot);
}

const told = (job: PoolJob, snapshot: JobSnapshot): JobSnapshot =>
  job.warnings.length === 0
    ? snapshot
    : { ...snapshot, warnings: [...snapshot.warnings, ...job.warnings] };

/** An ended job is remembered only where its reference no longer says where it is. */
function finish(job: PoolJob, flight: Flight, { jobs }: PoolState): void {
  job.last = flight;
  job.plan = undefined;
  job.needs = undefined;
  if (job.reruns > 0) jobs.retire(job);
  else jobs.remove(job);
}

function settle(
  job: PoolJob,
  { member, cold, acceptedAt }: Flight,
  snapshot: JobSnapshot,
  now: number,
  { everyone }: PoolState,
): void {
  const { breaker, counts, times } = member;
  const code = snapshot.failure?.code;
  if (snapshot.state === 'succeeded') {
    counts.succeeded += 1;
    breaker.succeeded();
    const since = member.parallel === 1 ? Math.max(acceptedAt!, member.endedAt) : acceptedAt!;
    const runMs = snapshot.timings?.runMs ?? Math.max(0, now - since);
    const { plan } = job;
    const cached = plan?.outputNodes.every((id) => snapshot.cachedNodes?.includes(id));
    if (plan && !cached) {
      times.record(plan.flowId, runMs, cold, now);
      everyone.record(plan.flowId, runMs, cold, now);
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
function noteQueue(job: PoolJob, { member }: Flight, { state, queuePosition }: JobSnapshot): void {
  if (state === 'running') member.foreign = 0;
  if (state !== 'queued' || queuePosition === undefined) return;
  let own = 0;
  for (const flight of member.flights) {
    if (flight.job === job) break;
    own += 1;
  }
  member.foreign = Math.max(0, queuePosition - own);
}

/** Whether an error says that the member has lost the job; the breaker hears of all. */
function isLost(flight: Flight, error: unknown, ctx: CallContext, pool: PoolState): boolean {
  const now = ctx.clock.now();
  const { breaker } = flight.member;
  if (ComfygenError.is(error, 'JOB_LOST')) return true;
  const unreachable = ComfygenError.is(error, 'UNAVAILABLE');
  const before = breaker.state;
  if (unreachable || ComfygenError.is(error, 'AUTH') || ComfygenError.is(error, 'FORBIDDEN'))
    breaker.trip(reasonOf(error), now);
  else if (ComfygenError.is(error) && error.retryable) breaker.fail(reasonOf(error), now);
  if (breaker.state !== before) pool.dispatcher.review();
  if (!unreachable) {
    flight.refusals = undefined;
    return false;
  }
  const { since = now, looks = 0 } =
    (flight.refusals?.since ?? now) >= flight.member.answeredAt ? (flight.refusals ?? {}) : {};
  flight.refusals = { since, looks: looks + 1 };
  // Two refusals far apart may be two short outages.
  return looks + 1 >= LOST_LOOKS && now - since >= pool.settings.lostAfterMs;
}
