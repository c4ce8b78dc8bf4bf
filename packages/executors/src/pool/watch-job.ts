import { type CallContext, ComfygenError, type JobEvent } from 'comfygen/plugin';
import { inspectJob, isFinal } from './follow-job.ts';
import type { PoolState } from './pool-state.ts';
import type { PoolJob } from './types.ts';
import { untilAborted } from './within.ts';

/**
 * The events of a job, wherever it runs: those of its next member follow when it moves, and progress waits until it has
 * caught up. Rejects with the signal's reason.
 */
export async function* watchJob(
  job: PoolJob,
  ctx: CallContext,
  pool: PoolState,
): AsyncGenerator<JobEvent> {
  let reached = 0;
  let said = 0;
  for (;;) {
    ctx.signal.throwIfAborted();
    if (pool.closed) return;
    for (const warning of job.warnings.slice(said)) yield { type: 'warning', warning };
    said = job.warnings.length;
    const { moving } = job;
    if (moving) await untilAborted(ctx.signal, () => moving);
    const flight = job.flight ?? job.last;
    if (job.final) return yield { type: 'state', state: job.final.state };
    if (!flight?.ref || !flight.member.executor.watch) return;
    const signal = AbortSignal.any([ctx.signal, flight.over.signal]);
    try {
      for await (const event of flight.member.executor.watch(flight.ref, { ...ctx, signal })) {
        if (flight.over.signal.aborted) break;
        job.askedAt = ctx.clock.now();
        if (event.type === 'progress') {
          if (event.progress.fraction < reached) continue;
          reached = event.progress.fraction;
        }
        if (event.type === 'state' && isFinal(event)) {
          // Whether a job is lost, only a look at it can tell; then it is not over.
          if (event.state === 'failed') {
            const snapshot = await inspectJob(job, ctx, pool).catch(() => undefined);
            if (snapshot && !isFinal(snapshot)) break;
          }
          return yield event;
        }
        yield event;
      }
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (!flight.over.signal.aborted) {
        if (ComfygenError.is(error, 'JOB_LOST')) return;
        throw error;
      }
    }
    if (flight.over.signal.aborted) continue;
    // Its events ended early: only a look tells whether it has to move.
    const snapshot = await inspectJob(job, ctx, pool).catch(() => undefined);
    ctx.signal.throwIfAborted();
    if (!flight.over.signal.aborted) {
      if (snapshot && isFinal(snapshot)) yield { type: 'state', state: snapshot.state };
      return;
    }
  }
}
