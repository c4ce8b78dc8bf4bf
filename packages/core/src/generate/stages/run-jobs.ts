import { errorInfo } from '../../errors/codes.ts';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { ExecutorV1, JobStore, Plan } from '../../spec/index.ts';
import { endsRun } from '../job/outcome.ts';
import { runJob, type StoredJob } from '../job/submit.ts';
import type { RunContext } from '../run-context.ts';
import type { Semaphore } from '../semaphore.ts';
import type { Attempt } from '../types.ts';
import type { BoundPlans } from './bind.ts';

/** A plan of a run, with what it was bound from and the executor that it is for. */
export interface Job extends Pick<BoundPlans, 'flow' | 'validation'> {
  plan: Plan;
  executor: ExecutorV1;
  /** What became of it; absent until it has pictures. */
  result?: StoredJob;
}

/** A job that has its pictures. */
export type FinishedJob = Job & Required<Pick<Job, 'result'>>;

export const isFinished = (job: Job): job is FinishedJob => job.result !== undefined;

/** What running jobs takes: the limits of the run, and where references are kept. */
export interface JobSettings {
  slots: Semaphore;
  jobs: JobStore;
  run: RunContext;
}

/**
 * Runs those of the jobs that have no pictures yet, and puts their results on them. The first failure stops the others
 * before it is reported; where some have pictures the flow works, and a job's own failure is not the others'.
 *
 * @throws the failure that stopped the others, else the first one
 */
export async function runJobs(
  all: readonly Job[],
  { slots, jobs, run }: JobSettings,
  onFinished: () => void,
): Promise<void> {
  const together = new AbortController();
  const signal = AbortSignal.any([run.call.signal, together.signal]);
  const own: RunContext = { ...run, call: { ...run.call, signal } };
  const one = (job: Job) =>
    slots.run(async () => {
      const { plan, executor } = job;
      const base = { flowId: plan.flowId, executor: executor.name };
      run.emit('execute-start', { planId: plan.id, ...base });
      const end = (attempt: Attempt) => run.emit('execute-end', { planId: plan.id, attempt });
      try {
        job.result = await runJob(executor, plan, own, jobs);
        onFinished();
        end({ ...base, outcome: 'succeeded' });
      } catch (error) {
        const { code, message } =
          ComfygenError.is(error) && !signal.aborted
            ? error
            : { code: 'CANCELED', message: 'The run was stopped, or another of its jobs failed.' };
        end({ ...base, outcome: 'failed', error: { code, message } });
        if (!all.some(isFinished) || !isOwn(error)) together.abort(error);
        throw error;
      }
    }, signal);
  const settled = await Promise.allSettled(all.filter((job) => !isFinished(job)).map(one));
  run.call.signal.throwIfAborted();
  together.signal.throwIfAborted();
  const failed = settled.find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
}

/** Whether the failure is that of one job alone: the backend takes jobs, and nothing forbids to submit the next. */
function isOwn(error: unknown): boolean {
  if (!ComfygenError.is(error) || endsRun(error) || error.code === 'SERVER_WEDGED') return false;
  return errorInfo(error.code).submit === 'unknown';
}
