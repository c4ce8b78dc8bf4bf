import type { JobRef, JobSnapshot } from 'comfygen/plugin';
import { createTrackedJob, endJob, type TrackedJob } from './tracked-job.ts';

/** Ended jobs that are remembered. */
const KEPT = 256;
/** Nobody asked for it for so long: it is no longer followed. */
const FORGOTTEN_MS = 600_000;

/** The jobs that this process knows of. */
export interface JobBoard {
  get(id: string | undefined): TrackedJob | undefined;
  /** The job of a reference, which may be another process's. */
  find(ref: JobRef, now: number): TrackedJob;
  add(job: TrackedJob): void;
  remove(job: TrackedJob): void;
  /** Jobs that the server has taken and that have not ended. */
  open(): TrackedJob[];
  /** Whether there is nothing to listen for. */
  readonly idle: boolean;
  end(job: TrackedJob, final: JobSnapshot): void;
  /** Drops jobs that nobody has asked for in a long time. */
  forgetUnasked(now: number): void;
  clear(): void;
}

/** An empty board; `onIdle` is called when its last job has ended. */
export function createJobBoard(onIdle: () => void): JobBoard {
  const jobs = new Map<string, TrackedJob>();
  /** Those that have not ended: looking through all of them must stay cheap. */
  const unended = new Set<TrackedJob>();

  const drop = (job: TrackedJob) => {
    if (unended.delete(job) && unended.size === 0) onIdle();
  };
  const board: JobBoard = {
    get: (id) => (id === undefined ? undefined : jobs.get(id)),
    find(ref, now) {
      const known = jobs.get(ref.id);
      if (known === undefined) board.add(createTrackedJob(ref, now));
      const job = known ?? jobs.get(ref.id)!;
      job.askedAt = now;
      return job;
    },
    add(job) {
      jobs.set(job.id, job);
      unended.add(job);
    },
    remove(job) {
      jobs.delete(job.id);
      drop(job);
    },
    open: () => [...unended].filter(({ phase }) => phase === 'open'),
    get idle() {
      return unended.size === 0;
    },
    end(job, final) {
      endJob(job, final);
      // To the end of the map: what ended first goes first.
      if (jobs.delete(job.id)) jobs.set(job.id, job);
      drop(job);
      for (const [id, old] of jobs) {
        if (jobs.size - unended.size <= KEPT) break;
        if (old.phase === 'ended') jobs.delete(id);
      }
    },
    forgetUnasked(now) {
      for (const job of board.open())
        if (job.listeners.size === 0 && now - job.askedAt >= FORGOTTEN_MS) board.remove(job);
    },
    clear() {
      jobs.clear();
      unended.clear();
    },
  };
  return board;
}
