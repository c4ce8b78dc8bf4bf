import type { Attempt, PoolJob, Work } from './types.ts';

/** A job that waits for a member. */
export interface QueuedJob {
  readonly job: PoolJob;
  readonly work: Work;
  /** Resolves once it was assigned; rejects with why it won't be, or with the signal's reason. */
  readonly assigned: Promise<Attempt>;
  /** Takes the job out of the queue; `assigned` resolves with the attempt. */
  assign(attempt: Attempt): void;
  /** Takes the job out of the queue; `assigned` rejects with the error. */
  reject(error: unknown): void;
}

/** Jobs that wait for a member, in the order of their turns. */
export interface JobQueue {
  readonly size: number;
  /** A copy of the queue, first job first. */
  all(): readonly QueuedJob[];
  /** Adds a job. When its signal aborts, the job leaves the queue and `onAbort` is called. */
  add(job: PoolJob, work: Work, signal: AbortSignal, onAbort: () => void): QueuedJob;
  /** Takes a job out of the queue, and says whether it was still there. */
  remove(queued: QueuedJob): boolean;
}

/** An empty queue. */
export function createJobQueue(): JobQueue {
  const jobs: QueuedJob[] = [];
  const remove = (queued: QueuedJob) => {
    const index = jobs.indexOf(queued);
    if (index >= 0) jobs.splice(index, 1);
    return index >= 0;
  };
  return {
    get size() {
      return jobs.length;
    },
    all: () => [...jobs],
    add(job, work, signal, onAbort) {
      const { promise: assigned, resolve, reject } = Promise.withResolvers<Attempt>();
      const leave = () => {
        signal.removeEventListener('abort', abort);
        remove(queued);
      };
      const abort = () => {
        queued.reject(signal.reason);
        onAbort();
      };
      const queued: QueuedJob = {
        job,
        work,
        assigned,
        assign(attempt) {
          leave();
          resolve(attempt);
        },
        reject(error) {
          leave();
          reject(error);
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      // A job that is run again comes back with its old turn.
      let index = jobs.length;
      while (index > 0 && jobs[index - 1]!.job.turn > job.turn) index -= 1;
      jobs.splice(index, 0, queued);
      return queued;
    },
    remove,
  };
}
