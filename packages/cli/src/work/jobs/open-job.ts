import {
  ComfygenError,
  type ErrorCode,
  type ExecutorV1,
  type JobEntry,
  type JobSnapshot,
} from 'comfygen';
import { createCallContext } from 'comfygen/plugin';
import type { Config } from '../../config/schema.ts';
import { resolveSetup } from '../../config/settings.ts';
import { executorNames, loadExecutor } from '../../parts/named-parts.ts';
import type { Run } from '../../terminal/io.ts';
import { findJob, type JobsOptions, type KeptJobs, readJobs, shortIds } from './read-jobs.ts';

/** Options of commands that ask the backend. */
export interface JobOptions extends JobsOptions {
  url?: string[];
}

/** A kept job, and the executor that has it. */
export interface OpenJob extends KeptJobs {
  entry: JobEntry;
  /** The shortest start of its id that no other job has, 8 characters or more. */
  shortId: string;
  executor: ExecutorV1;
}

/**
 * Finds the job, makes its executor, calls `work`, and closes the executor. Errors come with advice on what to do
 * next.
 */
export async function withJob<T>(
  id: string,
  options: JobOptions,
  run: Run,
  work: (job: OpenJob) => Promise<T>,
): Promise<T> {
  const kept = await readJobs(options, run);
  const entry = findJob(kept.entries, id, kept.place);
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

/** The job's snapshot from the backend; the new state is stored. */
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

/** Codes that a wrong address gives too: the job may be on another server. */
const ELSEWHERE: readonly ErrorCode[] = ['JOB_LOST', 'NOT_FOUND', 'UNAVAILABLE'];
const NEXT: Partial<Record<ErrorCode, string>> = {
  CANCELED: 'Generate again.',
  OUTPUT_EXPIRED: 'The pictures are gone from the service: generate again.',
  EXECUTION_FAILED: 'Generate again, with another flow (--flow ID) or another --seed.',
  OUTPUT_MISSING: 'Generate again, with another flow: --flow ID',
  CLIENT_TIMEOUT: 'The job goes on; follow it again with more time: --timeout 5m',
};

/** The same error with what can be done about a job of an earlier run. */
function explainJobError(error: unknown, { ref }: JobEntry, { url }: JobOptions): unknown {
  if (!ComfygenError.is(error)) return error;
  // A server that is not there may be another than the job's, whatever the executor would start.
  if (error.details['hint'] !== undefined && error.code !== 'UNAVAILABLE') return error;
  const { member } = error.details;
  const hint =
    error.jobFate === 'open'
      ? 'The job may still run: try again a little later.'
      : ELSEWHERE.includes(error.code) || (error.code === 'MISSING_SETTING' && member !== undefined)
        ? hintElsewhere(ref.executor, url)
        : NEXT[error.code];
  if (hint === undefined) return error;
  const { code, message, retryable, retryAfterMs, jobFate, part, runId, details, cause } = error;
  return new ComfygenError(code, message, {
    ...{ retryable, retryAfterMs, jobFate, part, runId, cause },
    details: { ...details, hint },
  });
}

function hintElsewhere(executor: string, url: string[] | undefined): string {
  if (executor === 'pool')
    return 'Name the server that has it, or the config file with the pool: --url ADDRESS, --config FILE';
  // A reference names no server: its address may hold a password.
  if (executor !== 'comfyui')
    return 'Check the account and the settings that the job was sent with.';
  const other = url === undefined ? 'Name' : 'If it was another one, name';
  return `${other} the server that the job was sent to: --url ADDRESS`;
}

/** The command that continues with a job: `comfygen jobs resume 1a2b3c4d --url …`, with this command's options. */
export function resumeCommand(id: string, options: JobOptions): string {
  const { jobs, config, url } = options;
  const addresses = (url ?? []).map((one) => ['url', publicUrl(one)] as const);
  const flags = [['jobs', jobs] as const, ['config', config] as const, ...addresses]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` --${name} ${quote(value!)}`);
  return `comfygen jobs resume ${id}${flags.join('')}`;
}

/** An address with a user name, a password or a query is not repeated. */
function publicUrl(address: string): string {
  const url = URL.parse(address);
  return url === null || url.username || url.password || url.search ? 'ADDRESS' : address;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
