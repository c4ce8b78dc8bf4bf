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
  const pending: JobEvent[] = [{ type: 'state', state: snapshotOf(job).state }];
  const { last } = job.meter;
  if (last && job.phase !== 'ended') pending.unshift({ type: 'progress', progress: { ...last } });
  let wake = () => {};
  const listen = (event: JobEvent) => {
    pending.push(event);
    wake();
  };
  const onAbort = () => wake();
  if (job.phase !== 'ended' && job.watchable) job.listeners.add(listen);
  signal.addEventListener('abort', onAbort);
  closed.addEventListener('abort', onAbort);
  try {
    for (;;) {
      signal.throwIfAborted();
      if (closed.aborted) return;
      const event = pending.shift();
      if (event) {
        yield event;
        if (event.type === 'state' && isFinal(event.state)) return;
        continue;
      }
      if (!job.watchable) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    job.listeners.delete(listen);
    signal.removeEventListener('abort', onAbort);
    closed.removeEventListener('abort', onAbort);
  }
}

function isFinal(state: string): boolean {
  return ['succeeded', 'failed', 'canceled', 'expired'].includes(state);
}
