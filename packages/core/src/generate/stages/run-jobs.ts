import { errorInfo } from '../../errors/codes.ts';
import { ComfygenError } from '../../errors/comfygen-error.ts';
import type { ExecutorV1, JobStore, Plan } from '../../spec/index.ts';
import type { JobResult } from '../job/follow.ts';
import type { JobCache } from '../job/image-cache.ts';
import { endsRun, explain } from '../job/outcome.ts';
import { runJob, type StoredJob } from '../job/submit.ts';
import type { RunContext } from '../run-context.ts';
import type { Semaphore } from '../semaphore.ts';
import type { Attempt } from '../types.ts';
import type { BoundPlans } from './bind.ts';
import type { Unscored } from './hand-over.ts';

/** A plan of a run, with what it was bound from and the executor that it is for. */
export interface Job extends Pick<BoundPlans, 'flow' | 'validation'> {
  plan: Plan;
  executor: ExecutorV1;
  /** What it made; absent until then. */
  images?: Unscored[];
  /** Settles once the store knows how it ended. */
  stored?: StoredJob['stored'];
  /** Whether its pictures come from the cache. */
  cached?: true;
}

/** A job that has its pictures. */
export type FinishedJob = Job & Required<Pick<Job, 'images' | 'stored'>>;

export const isFinished = (job: Job): job is FinishedJob => job.images !== undefined;

/** What running jobs takes: the limits of the run, and where references are kept. */
export interface JobSettings {
  slots: Semaphore;
  jobs: JobStore;
  cache?: JobCache | undefined;
  run: RunContext;
  /** Takes what a job made, and makes pictures of it. */
  take(plan: Plan, result: JobResult): Unscored[];
}

/**
 * Runs those of the jobs that have no pictures yet, and puts their results on them. After a failure those that run go
 * on, since they may be nearly done; further ones are begun only where a picture shows that the flow works, and the
 * failure was that of its job alone.
 *
 * @throws the failure that says most of what may be tried next, once all have settled
 */
export async function runJobs(
  all: readonly Job[],
  { slots, jobs, cache, run, take }: JobSettings,
): Promise<void> {
  const { signal } = run.call;
  const failures: unknown[] = [];
  let waiting = all.filter((job) => !isFinished(job));
  const isCached = async (job: Job) => {
    const { plan, executor } = job;
    const found = await cache?.read(executor, plan);
    if (found === undefined) return false;
    const part = { role: 'executor', name: executor.name } as const;
    for (const warning of found.snapshot.warnings) run.warn(warning, part);
    Object.assign(job, { images: take(plan, found), stored: Promise.resolve(), cached: true });
    return true;
  };
  const make = (job: Job) =>
    slots.run(async () => {
      if (failures.length > 0 && !(all.some(isFinished) && failures.every(isOwn))) {
        waiting.push(job);
        return;
      }
      const { plan, executor } = job;
      const base = { flowId: plan.flowId, executor: executor.name };
      run.emit('execute-start', { planId: plan.id, ...base });
      const end = (attempt: Attempt) => run.emit('execute-end', { planId: plan.id, attempt });
      try {
        const result = await runJob(executor, plan, run, jobs);
        Object.assign(job, { images: take(plan, result), stored: result.stored });
        const written = cache?.write(executor, plan, result);
        if (written) job.stored = Promise.all([result.stored, written]).then(() => {});
        end({ ...base, outcome: 'succeeded' });
      } catch (error) {
        const stopped = { code: 'CANCELED', message: 'The run was stopped.' };
        end({ ...base, outcome: 'failed', error: signal.aborted ? stopped : explain(error) });
        failures.push(error);
      }
    }, signal);
  const one = async (job: Job) => {
    // What is there waits for no place among the jobs.
    if (!(await isCached(job))) await make(job);
  };
  do {
    const begun = waiting;
    waiting = [];
    await Promise.allSettled(begun.map(one));
    signal.throwIfAborted();
  } while (waiting.length > 0 && all.some(isFinished) && failures.every(isOwn));
  if (failures.length === 0) return;
  throw failures.find(endsRun) ?? failures.find((error) => !isOwn(error)) ?? failures[0];
}

/** Whether the failure is that of one job alone: the backend takes jobs, and nothing forbids to submit the next. */
function isOwn(error: unknown): boolean {
  if (!ComfygenError.is(error) || endsRun(error) || error.code === 'SERVER_WEDGED') return false;
  return errorInfo(error.code).submit === 'unknown';
}
