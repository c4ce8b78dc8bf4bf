import { watchListeners } from 'comfygen/http';
import type { JobEvent } from 'comfygen/plugin';
import { snapshotOf, type TrackedJob } from './tracked-job.ts';

/**
 * What a job does from now on; ends after its final state, and when the executor is disposed of. A job of another
 * process, whose events go there, and one that had no socket show their state only: they are to be polled. Rejects
 * with the signal's reason.
 */
export async function* watchJob(
  job: TrackedJob,
  signal: AbortSignal,
  closed: AbortSignal,
): AsyncGenerator<JobEvent> {
  signal.throwIfAborted();
  const first: JobEvent[] = [{ type: 'state', state: snapshotOf(job).state }];
  const isLive = job.state.phase !== 'ended';
  const { last } = job.meter;
  if (last && isLive) first.unshift({ type: 'progress', progress: { ...last } });
  if (isLive && job.channel?.isOpen)
    return yield* watchListeners(job.listeners, { first, signal, closed });
  for (const event of first) {
    signal.throwIfAborted();
    if (closed.aborted) return;
    yield event;
  }
}
