import { ComfygenError, type JobState } from 'comfygen';
import { createCallContext } from 'comfygen/plugin';
import { renderDocument } from '../../render/json.ts';
import { plain } from '../../render/text.ts';
import type { Run } from '../../terminal/io.ts';
import { type JobOptions, withJob } from './open-job.ts';
import { snapshotJson } from './show.ts';

/** `jobs cancel ID`: stops the job; exit code 1 where it goes on all the same. */
export function cancelJob(id: string, options: JobOptions, run: Run): Promise<number> {
  const { io, signal } = run;
  return withJob(id, options, run, async (job) => {
    const { entry, executor, store, shortId } = job;
    if (!executor.cancel) {
      throw new ComfygenError('UNSUPPORTED', `${executor.name} cannot stop a job.`, {
        details: { hint: 'Stop it at the service itself.' },
      });
    }
    const snapshot = await executor.cancel(entry.ref, createCallContext({ signal }));
    await store.put({ ...entry, state: snapshot.state });
    const { state } = snapshot;
    if (state === 'queued' || state === 'running') {
      throw new ComfygenError('HOST_FAULT', `${executor.name} was asked to stop, but goes on.`, {
        details: { job: entry.ref.id, state },
      });
    }
    if (options.json) io.out(renderDocument('job', snapshotJson(job, snapshot)));
    else io.out(`${io.outColors.bold(shortId)}  ${plain(SAID[state])}\n`);
    return 0;
  });
}

const SAID: Record<Exclude<JobState, 'queued' | 'running'>, string> = {
  canceled: 'canceled',
  canceling: 'asked to stop; it ends at its next step',
  succeeded: 'had ended already: its pictures can be fetched with jobs resume',
  failed: 'had failed already',
  expired: 'had ended already, and its pictures are gone',
};
