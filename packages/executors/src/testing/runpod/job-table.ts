import type { Clock } from 'comfygen/plugin';
import type { FakeTimeline } from '../comfyui/paint-graph.ts';
import type { HandlerResult } from './comfy-worker.ts';

/** How a job of the fake goes: its pauses, failures and result. */
export interface RunpodTimeline extends FakeTimeline {
  /** Milliseconds until a worker takes it: a cold start. Default 0. */
  queueMs?: number | undefined;
  /** Gives the word that the API shows for a status. Default: the status itself. */
  spell?: ((status: string) => string) | undefined;
  /** Errors that worker-comfyui reports beside its pictures. Default: none. */
  errors?: readonly string[] | undefined;
  /** Makes the job's result from what the handler returned. Default: unchanged. */
  result?: ((made: HandlerResult) => unknown) | undefined;
  /** The Python exception that the handler throws, by type and message. Default: none. */
  crash?: { type: string; message: string } | undefined;
}

/** The queue settings that a job may bring along; times are in milliseconds. */
export interface Policy {
  executionTimeout?: number | undefined;
  ttl?: number | undefined;
  lowPriority?: boolean | undefined;
}

/** A job in the fake's memory. */
export interface RunpodJob {
  id: string;
  status: 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT';
  timeline: RunpodTimeline;
  policy: Policy;
  createdAt: number;
  startedAt: number | undefined;
  endedAt: number | undefined;
  output: unknown;
  error: string | undefined;
  stop: AbortController;
}

interface JobTableOptions {
  clock: Clock;
  resultKeptMs: number;
  maxResultBytes: number;
}

/** The jobs of an endpoint with one worker. */
export interface RunpodJobs {
  get(id: string): RunpodJob | undefined;
  add(
    timeline: RunpodTimeline,
    policy: Policy,
    handle: (signal: AbortSignal) => Promise<HandlerResult>,
  ): RunpodJob;
  cancel(job: RunpodJob): void;
  readonly size: number;
  close(): void;
}

const TTL_MS = 86_400_000;
const EXECUTION_MS = 600_000;
const OVER: readonly string[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'];

/** Makes an endpoint without jobs. */
export function createRunpodJobs(options: JobTableOptions): RunpodJobs {
  const { clock, resultKeptMs, maxResultBytes } = options;
  const jobs = new Map<string, RunpodJob>();
  let free = Promise.resolve();

  const end = (job: RunpodJob, status: RunpodJob['status'], more: Partial<RunpodJob> = {}) => {
    if (OVER.includes(job.status)) return;
    Object.assign(job, more, { status, endedAt: clock.now() });
    job.stop.abort(new Error(status));
  };
  const complete = (job: RunpodJob, made: HandlerResult) => {
    const output = job.timeline.result ? job.timeline.result(made) : made;
    const { error, ...rest } = (output ?? {}) as Record<string, unknown>;
    // RunPod's own library lifts `error` out of what a handler returns.
    if (typeof error === 'string') return end(job, 'FAILED', { error, output: rest });
    const size = JSON.stringify(output ?? null).length;
    end(job, 'COMPLETED', { output: size > maxResultBytes ? undefined : output });
  };
  const work = async (
    job: RunpodJob,
    handle: (signal: AbortSignal) => Promise<HandlerResult>,
  ): Promise<void> => {
    const { timeline, stop, policy } = job;
    try {
      if (timeline.queueMs) await clock.sleep(timeline.queueMs, stop.signal);
      stop.signal.throwIfAborted();
      job.status = 'IN_PROGRESS';
      job.startedAt = clock.now();
      const limit = policy.executionTimeout ?? EXECUTION_MS;
      clock.sleep(limit, stop.signal).then(
        () => end(job, 'TIMED_OUT', { error: 'job timed out after executionTimeout' }),
        () => {},
      );
      if (timeline.crash) {
        const { type, message } = timeline.crash;
        const error = JSON.stringify({
          error_type: `<class '${type}'>`,
          error_message: message,
          error_traceback: 'Traceback (most recent call last):\n',
          worker_id: 'worker-1',
        });
        return end(job, 'FAILED', { error });
      }
      complete(job, await handle(stop.signal));
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  };

  return {
    get(id) {
      const job = jobs.get(id);
      if (job === undefined) return undefined;
      const now = clock.now();
      const old = now >= job.createdAt + (job.policy.ttl ?? TTL_MS);
      const done = job.endedAt !== undefined && now >= job.endedAt + resultKeptMs;
      if (!old && !done) return job;
      // Deleted, even while it runs.
      job.stop.abort(new Error('deleted'));
      jobs.delete(id);
      return undefined;
    },
    add(timeline, policy, handle) {
      const job: RunpodJob = {
        id: `${crypto.randomUUID()}-u1`,
        status: 'IN_QUEUE',
        timeline,
        policy,
        createdAt: clock.now(),
        startedAt: undefined,
        endedAt: undefined,
        output: undefined,
        error: undefined,
        stop: new AbortController(),
      };
      jobs.set(job.id, job);
      // The worker takes it once the answer is on its way.
      free = free.then(() => new Promise((resolve) => setImmediate(resolve)));
      free = free.then(() => work(job, handle)).catch(() => {});
      return job;
    },
    cancel: (job) => end(job, 'CANCELLED'),
    get size() {
      return jobs.size;
    },
    close() {
      for (const job of jobs.values()) job.stop.abort(new Error('the fake was closed'));
    },
  };
}

/** A job as `/status` shows it: fields that have no value yet are left out. */
export function statusJson(job: RunpodJob): Record<string, unknown> {
  const { id, status, timeline, createdAt, startedAt, endedAt, output, error } = job;
  const { spell = (word: string) => word } = timeline;
  return {
    id,
    status: spell(status),
    ...(startedAt !== undefined && { delayTime: startedAt - createdAt, workerId: 'worker-1' }),
    ...(startedAt !== undefined && endedAt !== undefined && { executionTime: endedAt - startedAt }),
    ...(output !== undefined && output !== null && { output }),
    ...(error !== undefined && { error }),
  };
}
