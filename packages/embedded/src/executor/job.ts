import type {
  JobEvent,
  JobFailure,
  JobOutput,
  JobProgress,
  JobRef,
  JobSnapshot,
  JobState,
  Plan,
  Warning,
} from 'comfygen/plugin';
import { ComfygenError } from 'comfygen/plugin';
import type { ModelLibrary } from '../model/types.ts';
import type { CheckedGraph } from '../runtime/checked-graph.ts';
import type { NodeFile } from '../runtime/node-definition.ts';

/** A job with all that is known about it. */
export interface Job {
  ref: JobRef;
  plan: Plan;
  graph: CheckedGraph;
  library: ModelLibrary;
  strict: boolean;
  state: JobState;
  progress: JobProgress | undefined;
  outputs: JobOutput[];
  files: NodeFile[];
  failure: JobFailure | undefined;
  warnings: Warning[];
  cachedNodes: string[];
  /** Milliseconds since the epoch, on the submitter's clock. */
  times: { queued: number; started?: number; ended?: number };
  now: () => number;
  controller: AbortController;
  listeners: Set<(event: JobEvent) => void>;
}

/** A job as it is before it runs. */
export function createJob(
  job: Pick<Job, 'ref' | 'plan' | 'graph' | 'library' | 'strict' | 'now'>,
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
    times: { queued: job.ref.submittedAt },
    controller: new AbortController(),
    listeners: new Set(),
  };
}

/** Whether a job's state is final. */
export function isTerminal(state: JobState): boolean {
  return ['succeeded', 'failed', 'canceled', 'expired'].includes(state);
}

/** Moves a job to a state and tells who watches. A final state stays. */
export function setState(job: Job, state: JobState): void {
  if (isTerminal(job.state) || job.state === state) return;
  job.state = state;
  if (state === 'running') job.times.started = job.now();
  if (isTerminal(state)) job.times.ended = job.now();
  emit(job, { type: 'state', state });
}

/** Tells everyone who watches. */
export function emit(job: Job, event: JobEvent): void {
  for (const listener of [...job.listeners]) listener(event);
}

/** Ends a job with what it threw. */
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

/** The truth about a job now; a copy. */
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
export async function* watchJob(job: Job, signal: AbortSignal): AsyncGenerator<JobEvent> {
  signal.throwIfAborted();
  const pending: JobEvent[] = [{ type: 'state', state: job.state }];
  let wake = () => {};
  const listen = (event: JobEvent) => {
    pending.push(event);
    wake();
  };
  const onAbort = () => wake();
  job.listeners.add(listen);
  signal.addEventListener('abort', onAbort);
  try {
    for (;;) {
      signal.throwIfAborted();
      const event = pending.shift();
      if (event === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      yield event;
      if (event.type === 'state' && isTerminal(event.state)) return;
    }
  } finally {
    job.listeners.delete(listen);
    signal.removeEventListener('abort', onAbort);
  }
}
