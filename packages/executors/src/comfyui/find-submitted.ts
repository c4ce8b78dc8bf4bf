import { ComfygenError, type SubmitContext } from 'comfygen/plugin';
import type { ServerApi } from './server-api.ts';
import type { TrackedJob } from './tracked-job.ts';

/** A job that the server did not answer for is looked for at these times, in milliseconds. */
const SEARCH_PAUSES_MS = [0, 1_000, 2_000];

/**
 * Whether the server has a job whose submit went wrong.
 * @throws UNAVAILABLE where the server answers, more than once, that it has not: nothing was accepted
 */
export async function findSubmitted(
  job: TrackedJob,
  ctx: SubmitContext,
  api: ServerApi,
  error: ComfygenError,
): Promise<boolean> {
  // Events may have told of it already.
  if (job.state !== 'queued' || job.phase === 'ended') return true;
  for (const pause of SEARCH_PAUSES_MS) {
    if (pause > 0) await ctx.clock.sleep(pause, ctx.signal);
    try {
      if (await api.find(job.id, ctx)) return true;
    } catch {
      ctx.signal.throwIfAborted();
      return false;
    }
  }
  // A server that let us wait may still be about to take it.
  if (error.details['timedOut'] === true) return false;
  const message = `ComfyUI did not take the job: ${error.message}`;
  throw new ComfygenError('UNAVAILABLE', message, {
    part: error.part,
    cause: error,
    details: { ...error.details },
  });
}
