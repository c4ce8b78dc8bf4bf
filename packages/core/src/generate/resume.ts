import { ComfygenError } from '../errors/comfygen-error.ts';
import type { JobEntry, JobState } from '../spec/index.ts';
import { messageOf } from '../util/message-of.ts';
import { describeFiles } from './job/describe-files.ts';
import { followJob } from './job/follow.ts';
import { endOf, leavesJob } from './job/outcome.ts';
import type { Settings } from './options.ts';
import { readEntry } from './read-answers.ts';
import type { RunContext } from './run-context.ts';
import { inTime } from './time-limits.ts';
import type { ResumeResult } from './types.ts';

/**
 * Follows a stored job to its end and fetches its images. @throws NOT_FOUND, INVALID_OPTIONS, what the job failed with
 */
export async function resumeJob(
  settings: Settings,
  job: string | JobEntry,
  run: RunContext,
): Promise<ResumeResult> {
  const entry = await findEntry(settings, job, run);
  const { ref, planId, flowId, runId } = entry;
  run.runId = runId;
  const executor = settings.executors.find((one) => one.name === ref.executor);
  if (!executor) {
    const names = settings.executors.map((one) => one.name).join(', ');
    throw new ComfygenError(
      'INVALID_OPTIONS',
      `The job ran on "${ref.executor}"; plugged in: ${names}.`,
      { details: { executor: ref.executor } },
    );
  }
  const keep = async (state: JobState) => {
    try {
      const step = { limitMs: run.timeouts.storeMs };
      await inTime(run.call, step, () => settings.jobs.put({ ...entry, state }));
    } catch (error) {
      run.call.signal.throwIfAborted();
      const message = `The job's state could not be kept: ${messageOf(error)}`;
      run.warn({ code: 'job-not-stored', message });
    }
  };
  const following = followJob(executor, ref, { id: planId }, run);
  const { snapshot, files } = await following.catch(async (error) => {
    if (!run.call.signal.aborted && !leavesJob(error)) await keep(endOf(error));
    throw error;
  });
  run.picturesMade();
  await keep(snapshot.state);
  const images = describeFiles(files)
    .map((file, index) => ({ ...file, index }))
    .toSorted((a, b) => Number(b.role === 'main') - Number(a.role === 'main'));
  const { name } = executor;
  const outputs = images;
  return { runId, planId, flowId, executor: name, outputs, images, warnings: [...run.warnings] };
}

/** The stored job, by its plan id or as it was given. @throws NOT_FOUND, INVALID_OPTIONS, INVALID_RECORD */
async function findEntry(
  { jobs }: Settings,
  job: string | JobEntry,
  { call, timeouts }: RunContext,
): Promise<JobEntry> {
  if (typeof job !== 'string') return readEntry(job, 'caller');
  const entry = await inTime(call, { limitMs: timeouts.storeMs }, () => jobs.get(job));
  if (entry) return readEntry(entry, 'store');
  throw new ComfygenError('NOT_FOUND', `No job with plan id ${job.slice(0, 100)} is kept.`, {
    details: { planId: job.slice(0, 100) },
  });
}
