import { ComfygenError, type ExecutorV1, type JobEntry, type JobSnapshot } from 'comfygen';
import { createCallContext } from 'comfygen/plugin';
import type { Config } from '../../config/schema.ts';
import { resolveSetup } from '../../config/settings.ts';
import { executorNames, loadExecutor } from '../../parts/named-parts.ts';
import type { Run } from '../run.ts';
import { explainJobError } from './explain-error.ts';
import { findJob, shortIds } from './find-job.ts';
import type { JobOptions } from './options.ts';
import { type KeptJobs, readJobs } from './read-jobs.ts';

/** A kept job, and the executor that has it. */
export interface OpenJob extends KeptJobs {
  entry: JobEntry;
  /** As much of its id as tells it from the others. */
  shortId: string;
  executor: ExecutorV1;
}

/** Opens the job of this id for some work, then closes its executor; what goes wrong says what to do next. */
export async function withJob<T>(
  id: string,
  options: JobOptions,
  run: Run,
  work: (job: OpenJob) => Promise<T>,
): Promise<T> {
  const kept = await readJobs(options, run);
  const entry = findJob(kept.entries, id, kept.folder);
  const executor = await executorOf(entry, options, kept.config, run.io.cwd);
  const shortId = shortIds(kept.entries).get(entry)!;
  try {
    return await work({ ...kept, entry, shortId, executor });
  } catch (error) {
    run.signal.throwIfAborted();
    throw explainJobError(error, entry, options);
  } finally {
    await executor.dispose?.();
  }
}

/** What the backend says of the job now; its state is kept. */
export async function lookAt(
  { entry, executor, store }: OpenJob,
  { signal }: Pick<Run, 'signal'>,
): Promise<JobSnapshot> {
  const snapshot = await executor.inspect(entry.ref, createCallContext({ signal }));
  if (snapshot.state !== entry.state) await store.put({ ...entry, state: snapshot.state });
  return snapshot;
}

/** The executor that the reference names: the config file's, or one that has a name here. */
async function executorOf(
  { ref }: JobEntry,
  { url }: JobOptions,
  config: Config,
  cwd: string,
): Promise<ExecutorV1> {
  const own = config.executor;
  const ownName = typeof own === 'object' ? own.name : config.executorOptions?.['name'];
  const isOwn = ownName === ref.executor;
  if (!isOwn && !executorNames.includes(ref.executor)) {
    throw new ComfygenError(
      'INVALID_OPTIONS',
      `The job ran on ${ref.executor}, which is not set up here.`,
      {
        details: {
          executor: ref.executor,
          hint: 'Name the config file that plugs it in: --config FILE',
        },
      },
    );
  }
  const typed = { ...(!isOwn && { executor: ref.executor }), ...(url !== undefined && { url }) };
  const executor = await loadExecutor(resolveSetup(typed, config, cwd));
  if (executor.supports.resume) return executor;
  await executor.dispose?.();
  throw new ComfygenError(
    'UNSUPPORTED',
    `Jobs of ${executor.name} end with the command that sent them.`,
    { details: { hint: 'Generate again.' } },
  );
}
