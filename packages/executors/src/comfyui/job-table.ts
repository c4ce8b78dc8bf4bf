import type { JobRef, JobSnapshot } from 'comfygen/plugin';
import { adoptJob, endJob, isOpen, type TrackedJob, touchJob } from './tracked-job.ts';

/** Ended jobs that are remembered. */
const KEPT = 256;
/** Nobody asked for it for so long: it is no longer followed. */
const FORGOTTEN_MS = 600_000;

/** The jobs that this process knows, by id. */
export interface JobTable {
  get(id: string | undefined): TrackedJob | undefined;
  /** The job that a reference names; a record is made for one that another process submitted. */
  find(ref: JobRef, now: number): TrackedJob;
  add(job: TrackedJob): void;
  remove(job: TrackedJob): void;
  /** Jobs that have not ended, those included that are being submitted. */
  live(): TrackedJob[];
  /** Jobs that have not ended and that the server has accepted or may have accepted. */
  open(): TrackedJob[];
  /** Whether there is no job that has not ended, so that no socket is needed. */
  readonly isIdle: boolean;
  /** Gives a job its final snapshot. The last 256 ended jobs are remembered. */
  end(job: TrackedJob, final: JobSnapshot): void;
  /** Forgets jobs that nobody watches and that no caller has asked for in ten minutes. */
  dropUnasked(now: number): void;
  clear(): void;
}

/** An empty table; `onIdle` is called when its last job has ended. */
export function createJobTable(onIdle: () => void): JobTable {
  const jobs = new Map<string, TrackedJob>();
  /** Those that have not ended: looking through all of them must stay cheap. */
  const live = new Set<TrackedJob>();

  const drop = (job: TrackedJob) => {
    if (live.delete(job) && live.size === 0) onIdle();
  };
  const table: JobTable = {
    get: (id) => (id === undefined ? undefined : jobs.get(id)),
    find(ref, now) {
      const known = jobs.get(ref.id);
      const job = known ?? adoptJob(ref, now);
      if (!known) table.add(job);
      touchJob(job, now);
      return job;
    },
    add(job) {
      jobs.set(job.id, job);
      live.add(job);
    },
    remove(job) {
      jobs.delete(job.id);
      drop(job);
    },
    live: () => [...live],
    open: () => [...live].filter(isOpen),
    get isIdle() {
      return live.size === 0;
    },
    end(job, final) {
      endJob(job, final);
      // To the end of the map: what ended first goes first.
      if (jobs.delete(job.id)) jobs.set(job.id, job);
      drop(job);
      for (const [id, old] of jobs) {
        if (jobs.size - live.size <= KEPT) break;
        if (old.state.phase === 'ended') jobs.delete(id);
      }
    },
    dropUnasked(now) {
      for (const job of table.open())
        if (job.listeners.size === 0 && now - job.askedAt >= FORGOTTEN_MS) table.remove(job);
    },
    clear() {
      jobs.clear();
      live.clear();
    },
  };
  return table;
}
