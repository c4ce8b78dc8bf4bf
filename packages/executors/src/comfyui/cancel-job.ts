import type { CallContext, JobSnapshot } from 'comfygen/plugin';
import type { ServerApi } from './server-api.ts';
import type { Session } from './session.ts';
import { emit, snapshotOf, type TrackedJob } from './tracked-job.ts';

/** Asks the server to stop one job, and says what became of it. Others are left alone. */
export async function cancelJob(
  job: TrackedJob,
  ctx: CallContext,
  { api, session }: { api: ServerApi; session: Session },
): Promise<JobSnapshot> {
  if (job.phase === 'ended') return snapshotOf(job);
  const stopped = await api.cancel(job.id, ctx);
  if (stopped) job.canceled = true;
  // The answer says that the server was asked, not that it stopped: look.
  const found = await session.look(job, ctx);
  if (found.state !== 'queued' && found.state !== 'running') return found;
  if (!stopped) return found;
  job.state = 'canceling';
  emit(job, { type: 'state', state: 'canceling' });
  return snapshotOf(job);
}
