import { isTerminal } from 'comfygen/http';
import { fileBytes, type Job, setState } from './job.ts';

const KEPT_JOBS = 64;
const KEPT_BYTES = 64 * 1024 * 1024;

/** The jobs of one executor, and the queue of those that wait. */
export interface JobBoard {
  get(id: string): Job | undefined;
  /**
   * Adds a job, which starts as soon as there is room, and gives it. Where its id is known, the earlier job is given
   * instead.
   */
  add(job: Job): Job;
  /** How many jobs are before a waiting one; `undefined` once it no longer waits. */
  position(job: Job): number | undefined;
  /** Stops a job; resolves when it has ended. */
  cancel(job: Job, reason: unknown): Promise<void>;
  /** Stops all jobs; resolves when they have ended. */
  cancelAll(reason: unknown): Promise<void>;
}

/** Makes a board that runs `concurrency` jobs at once; it forgets all but the last 64 ended jobs, or fewer where their files
 * are more than 64 MiB. */
export function createJobBoard(concurrency: number, run: (job: Job) => Promise<void>): JobBoard {
  const jobs = new Map<string, Job>();
  const waiting: Job[] = [];
  const running = new Map<Job, Promise<void>>();

  const pump = () => {
    while (running.size < concurrency) {
      const job = waiting.shift();
      if (job === undefined) return;
      const ended = run(job).finally(() => {
        running.delete(job);
        forgetOld(jobs);
        pump();
      });
      running.set(job, ended);
    }
  };

  const cancel = async (job: Job, reason: unknown) => {
    if (isTerminal(job)) return;
    const place = waiting.indexOf(job);
    job.controller.abort(reason);
    if (place >= 0) {
      waiting.splice(place, 1);
      setState(job, 'canceled');
      return;
    }
    setState(job, 'canceling');
    await running.get(job);
  };

  return {
    get: (id) => jobs.get(id),
    add(job) {
      const known = jobs.get(job.ref.id);
      if (known) return known;
      forgetOld(jobs);
      jobs.set(job.ref.id, job);
      waiting.push(job);
      pump();
      return job;
    },
    position(job) {
      const place = waiting.indexOf(job);
      return place < 0 ? undefined : place + running.size;
    },
    cancel,
    async cancelAll(reason) {
      await Promise.all([...jobs.values()].map((job) => cancel(job, reason)));
    },
  };
}

function forgetOld(jobs: Map<string, Job>): void {
  const ended = [...jobs.values()].filter((job) => isTerminal(job));
  let [count, bytes] = [0, 0];
  for (const job of ended.reverse()) {
    count += 1;
    bytes += fileBytes(job);
    // The last one stays, however large it is: it may not have been fetched yet.
    if (count > KEPT_JOBS || (count > 1 && bytes > KEPT_BYTES)) jobs.delete(job.ref.id);
  }
}
