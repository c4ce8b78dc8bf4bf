import { isTerminal, type JobListener, watchListeners } from 'comfygen/http';
import {
  ComfygenError,
  type JobEvent,
  type JobFailure,
  type JobOutput,
  type JobProgress,
  type JobRef,
  type JobSnapshot,
  type JobState,
  type Plan,
  type Warning,
} from 'comfygen/plugin';
import type { CheckedGraph } from '../runtime/checked-graph.ts';
import type { NodeFile } from '../runtime/node-definition.ts';

/** A job with all that is known about it. */
export interface Job {
  ref: JobRef;
  plan: Plan;
  graph: CheckedGraph;
  /** The models' description. */
  models: string;
  strict: boolean;
  state: JobState;
  progress: JobProgress | undefined;
  outputs: JobOutput[];
  files: NodeFile[];
  failure: JobFailure | undefined;
  warnings: Warning[];
  cachedNodes: string[];
  /** In milliseconds, on the submitter's monotonic clock. */
  times: { queued: number; started?: number; ended?: number };
  now: () => number;
  controller: AbortController;
  listeners: Set<JobListener>;
}

/** Makes the record of a job that has not run yet. */
export function createJob(
  job: Pick<Job, 'ref' | 'plan' | 'graph' | 'models' | 'strict' | 'now'>,
): Job {
  return {
    ...job,
    state: 'queued',
    progress: undefined,
    outputs: [],
    files: [],
    failure: undefined,
    warnings: [],
    cachedNodes: [],
    times: { queued: job.now() },
    controller: new AbortController(),
    listeners: new Set(),
  };
}

/** The bytes of the files that a job has made. */
export const fileBytes = ({ files }: Job): number =>
  files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);

/** Changes a job's state and tells its watchers; a final state never changes. */
export function setState(job: Job, state: JobState): void {
  if (isTerminal(job) || job.state === state) return;
  job.state = state;
  if (state === 'running') job.times.started = job.now();
  if (isTerminal({ state })) job.times.ended = job.now();
  emit(job, { type: 'state', state });
}

/** Sends an event to all who watch the job. */
export function emit(job: Job, event: JobEvent): void {
  for (const listener of [...job.listeners]) listener(event);
}

/** Ends a job as failed or canceled, from the error that it threw. */
export function failJob(job: Job, error: unknown): void {
  const canceled = job.controller.signal.aborted;
  if (!canceled) job.failure = toFailure(error);
  setState(job, canceled ? 'canceled' : 'failed');
}

function toFailure(error: unknown): JobFailure {
  if (!ComfygenError.is(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: 'EXECUTION_FAILED', message, retryable: false };
  }
  const { nodeId, classType } = error.details;
  return {
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(typeof nodeId === 'string' && { nodeId }),
    ...(typeof classType === 'string' && { classType }),
  };
}

/** The snapshot of a job now. The caller may change it. */
export function snapshotJob(job: Job, queuePosition: number | undefined): JobSnapshot {
  const { queued, started, ended } = job.times;
  return {
    state: job.state,
    rawState: job.state,
    progress: job.progress,
    queuePosition,
    outputs: [...job.outputs],
    failure: job.failure,
    timings: {
      queuedMs: started === undefined ? undefined : started - queued,
      runMs: started === undefined || ended === undefined ? undefined : ended - started,
    },
    cachedNodes: [...job.cachedNodes],
    warnings: [...job.warnings],
  };
}

/** What a job does from now on; ends after its final state. Rejects with the signal's reason. */
export function watchJob(job: Job, signal: AbortSignal): AsyncGenerator<JobEvent> {
  return watchListeners(job.listeners, { first: [{ type: 'state', state: job.state }], signal });
}
