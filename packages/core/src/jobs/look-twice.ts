import { ComfygenError } from '../errors/comfygen-error.ts';
import type { CallContext, JobRef, JobSnapshot } from '../spec/index.ts';

const PAUSE_MS = 500;

/**
 * What a look at a job shows. A job that the service twice does not know is lost: a failed snapshot with
 * JOB_LOST, or `expired` where the service had forgotten it by `forgottenAt`, in milliseconds since the epoch.
 */
export async function lookTwice(
  look: () => Promise<JobSnapshot>,
  ref: JobRef,
  forgottenAt: number | undefined,
  ctx: CallContext,
): Promise<JobSnapshot> {
  const first = await found(look);
  if (first) return first;
  const none = { outputs: [], warnings: [] };
  if (forgottenAt !== undefined && ctx.clock.now() >= forgottenAt)
    return { state: 'expired', rawState: 'not found', ...none };
  await ctx.clock.sleep(PAUSE_MS, ctx.signal);
  const second = await found(look);
  if (second) return second;
  const message = `${ref.executor} has no job ${ref.id} any more.`;
  const failure = { code: 'JOB_LOST', message, retryable: true };
  return { state: 'failed', rawState: 'not found', failure, ...none };
}

async function found(look: () => Promise<JobSnapshot>): Promise<JobSnapshot | undefined> {
  try {
    return await look();
  } catch (error) {
    if (ComfygenError.is(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}
