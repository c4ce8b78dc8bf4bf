import type { Clock } from 'comfygen/plugin';
import type { NodeCatalogue, Workflow } from 'comfygen/workflow';
import { NodeFailure } from '../comfyui/graph-run.ts';
import type { FakeTimeline } from '../comfyui/paint-graph.ts';
import { type PaintedFile, paintJob } from '../paint-job.ts';

/** How a job of the fake goes: its pauses, failures and outputs. */
export interface ComfyApiTimeline extends FakeTimeline {
  /** Milliseconds between the start of a job's turn and its first node: a machine that boots. Default 0. */
  queueMs?: number | undefined;
  /** Milliseconds between a cancel of a running job and its end. Default 0. */
  cancelMs?: number | undefined;
  /** Gives the word that the API shows for a status. Default: the status itself. */
  spell?: ((status: string) => string) | undefined;
  /** Changes the list of files that the job made: other types, or none. */
  outputs?: ((made: FakeOutput[]) => FakeOutput[]) | undefined;
  /** The `error` of a failed job, instead of the one that the failing node gives. */
  error?: Record<string, unknown> | undefined;
}

/** A file that a job made, before it becomes an asset. */
export interface FakeOutput extends PaintedFile {
  type: string;
  contentType: string;
}

/** A job in the fake's memory. */
export interface FakeJob {
  id: string;
  workflow: Workflow;
  timeline: ComfyApiTimeline;
  /** The bytes of its input files, by their names in the graph. */
  staged: ReadonlyMap<string, Uint8Array>;
  status: 'queued' | 'running' | 'canceling' | 'succeeded' | 'canceled' | 'failed';
  createdAt: number;
  startedAt: number | null;
  completedAt: number | null;
  progress: Record<string, unknown> | null;
  preview: Record<string, unknown> | null;
  /** The outputs as the API shows them. */
  outputs: Record<string, unknown>[];
  error: Record<string, unknown> | null;
  listeners: Set<(event: string, data: unknown) => void>;
  stop: AbortController;
}

interface JobTableOptions {
  clock: Clock;
  info: NodeCatalogue;
  /** Stores an output as an asset and gives its JSON. */
  commit(job: FakeJob, output: FakeOutput): Record<string, unknown>;
}

/** The fake's jobs; one worker runs them in turn. */
export interface JobTable {
  get(id: string): FakeJob | undefined;
  add(
    workflow: Workflow,
    timeline: ComfyApiTimeline,
    staged: ReadonlyMap<string, Uint8Array>,
  ): FakeJob;
  cancel(job: FakeJob): void;
  /** How many jobs are before a waiting one; `null` for jobs that don't wait. */
  position(job: FakeJob): number | null;
  /** How many jobs wait or run. */
  readonly open: number;
  /** How many jobs were added so far. */
  readonly size: number;
  close(): void;
}

/** Whether the job has ended. */
export function isOver({ status }: FakeJob): boolean {
  return status === 'succeeded' || status === 'canceled' || status === 'failed';
}

/** A table without jobs. */
export function createJobTable({ clock, info, commit }: JobTableOptions): JobTable {
  const jobs = new Map<string, FakeJob>();
  const waiting: FakeJob[] = [];
  let busy = false;

  const tell = (job: FakeJob, event: string, data: unknown) => {
    for (const listener of job.listeners) listener(event, data);
  };
  const set = (job: FakeJob, status: FakeJob['status']) => {
    job.status = status;
    if (isOver(job)) job.completedAt = clock.now();
    const { spell = (word: string) => word } = job.timeline;
    tell(job, 'status', { status: spell(status), queue_position: table.position(job) });
  };

  const work = async (job: FakeJob) => {
    const { timeline, workflow, staged, stop } = job;
    const total = Object.keys(workflow).length;
    let done = 0;
    const progress = (node: string, step: number | null, steps: number | null) => {
      const value = Math.min(1, (done + (step && steps ? step / steps : 0)) / total);
      const current_node_class = workflow[node]?.class_type ?? null;
      const counts = { value, nodes_done: done, nodes_total: total };
      job.progress = { ...counts, current_node: node, current_node_class, step, steps };
      tell(job, 'progress', job.progress);
    };
    if (timeline.queueMs) await clock.sleep(timeline.queueMs, stop.signal);
    stop.signal.throwIfAborted();
    job.startedAt = clock.now();
    set(job, 'running');
    await paintJob(workflow, {
      clock,
      info,
      timeline,
      signal: stop.signal,
      readInput: (name) => staged.get(name),
      hooks: {
        start: (id) => progress(id, null, null),
        step(id, value, max, preview) {
          progress(id, value, max);
          if (!preview) return;
          const data_base64 = Buffer.from(preview.bytes).toString('base64');
          job.preview = { node_id: id, content_type: preview.mediaType, data_base64 };
          tell(job, 'preview', job.preview);
        },
        done(id, files) {
          const { outputs = (made: FakeOutput[]) => made } = timeline;
          const made = files.map((file) => ({ ...file, type: 'image', contentType: 'image/png' }));
          for (const output of outputs(made)) {
            const shown = commit(job, output);
            job.outputs.push(shown);
            tell(job, 'output', shown);
          }
          done += 1;
          progress(id, null, null);
        },
      },
    });
  };

  const run = async (job: FakeJob) => {
    busy = true;
    try {
      await work(job);
      set(job, 'succeeded');
    } catch (error) {
      if (job.stop.signal.aborted) {
        if (job.timeline.cancelMs) await clock.sleep(job.timeline.cancelMs);
        set(job, 'canceled');
      } else {
        job.error = { ...failureJson(job, error), ...job.timeline.error };
        set(job, 'failed');
      }
    }
    busy = false;
    pump();
  };
  const pump = () => {
    const next = busy ? undefined : waiting.shift();
    if (next) void run(next);
  };

  const table: JobTable = {
    get: (id) => jobs.get(id),
    add(workflow, timeline, staged) {
      const job: FakeJob = {
        id: crypto.randomUUID(),
        workflow,
        timeline,
        staged,
        status: 'queued',
        createdAt: clock.now(),
        startedAt: null,
        completedAt: null,
        progress: null,
        preview: null,
        outputs: [],
        error: null,
        listeners: new Set(),
        stop: new AbortController(),
      };
      jobs.set(job.id, job);
      waiting.push(job);
      // The worker takes it once the answer is on its way.
      setImmediate(pump);
      return job;
    },
    cancel(job) {
      if (isOver(job) || job.status === 'canceling') return;
      const place = waiting.indexOf(job);
      if (place >= 0) {
        waiting.splice(place, 1);
        return set(job, 'canceled');
      }
      set(job, 'canceling');
      job.stop.abort(new Error('interrupted'));
    },
    position(job) {
      const place = waiting.indexOf(job);
      return place < 0 ? null : place + (busy ? 1 : 0);
    },
    get open() {
      return [...jobs.values()].filter((job) => !isOver(job)).length;
    },
    get size() {
      return jobs.size;
    },
    close() {
      waiting.length = 0;
      for (const job of jobs.values()) job.stop.abort(new Error('the fake was closed'));
    },
  };
  return table;
}

function failureJson(job: FakeJob, error: unknown): Record<string, unknown> {
  const node = String(job.progress?.['current_node'] ?? '');
  const kind = error instanceof NodeFailure ? error.exceptionType : 'RuntimeError';
  return {
    code: 'node_execution_error',
    message: `${kind}: ${error instanceof Error ? error.message : String(error)}`,
    node_id: node,
    class_type: job.workflow[node]?.class_type ?? null,
    traceback: '  File "<path>", line 1, in execute\n',
  };
}
