import type { CallContext, JobSnapshot } from 'comfygen/plugin';
import type { ServerApi } from './server-api.ts';
import type { Session } from './session.ts';
import { requestCancel, snapshotOf, startCanceling, type TrackedJob } from './tracked-job.ts';

const LATE_MS = 500;

/** Asks the server to stop one job, and gives its snapshot after that. The server's other jobs are left alone. */
export async function cancelJob(
  job: TrackedJob,
  ctx: CallContext,
  { api, session }: { api: ServerApi; session: Session },
): Promise<JobSnapshot> {
  const { phase } = job.state;
  if (phase === 'ended') return snapshotOf(job);
  if (phase === 'submitting') {
    // Its submit sees to it.
    requestCancel(job);
    return { ...snapshotOf(job), state: 'canceling' };
  }
  let stopped = await api.cancel(job.id, ctx);
  if (!stopped && job.state.phase === 'unanswered') {
    // The request that gave it to the server may still have been on its way.
    await ctx.clock.sleep(LATE_MS, ctx.signal);
    stopped = await api.cancel(job.id, ctx);
  }
  if (stopped) requestCancel(job);
  // The answer says that the server was asked, not that it stopped: look.
  const found = await session.refresh(job, ctx);
  if (found.state !== 'queued' && found.state !== 'running') return found;
  if (!stopped) return found;
  startCanceling(job);
  return snapshotOf(job);
}
