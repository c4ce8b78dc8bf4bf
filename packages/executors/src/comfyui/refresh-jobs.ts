import { type CallContext, monotonic } from 'comfygen/plugin';
import type { JobTable } from './job-table.ts';
import { readEnd } from './read-end.ts';
import { type ServerApi, unlessUnreadable, type Whereabouts, whereIn } from './server-api.ts';
import {
  isSignaled,
  isWaiting,
  missEnd,
  missingEnd,
  moveJob,
  noteSeen,
  type TrackedJob,
} from './tracked-job.ts';

const READS_AT_ONCE = 6;
/** How long one look at all jobs is good for. */
const SHARED_MS = 1_000;
/** The history may be written a moment after the event that tells of it. */
const HISTORY_PAUSES_MS = [0, 250, 1_000];

/** Asks the server for the state of jobs and records it, with as few requests as possible. */
export interface JobRefresher {
  /** Refreshes one job; calls at the same time share one request. Rejects with what the request throws. */
  one(job: TrackedJob): Promise<void>;
  /** Refreshes all open jobs: reads the queue once, and the history of those that are not in it. */
  all(): Promise<void>;
  /** As `all`, unless that was done within the last second. */
  allUnlessRecent(): Promise<void>;
  /** Counts anew how many jobs are ahead of those that wait; a job that is in the queue no more is left as it is. */
  places(): Promise<void>;
  /** Reads from the history how a job ended, once its events have reported that it is over. */
  confirmEnd(job: TrackedJob): Promise<void>;
  /** The request for this job that is in progress; `undefined` where there is none. */
  pending(job: TrackedJob): Promise<void> | undefined;
}

interface RefresherOptions {
  api: ServerApi;
  jobs: JobTable;
  /** The open socket's number: what is seen now, it will go on from. */
  socketSerial(): number | undefined;
  /** Outlives every caller: a request is shared. */
  ctx(): CallContext;
}

/** A refresher over a server's calls. */
export function createJobRefresher(options: RefresherOptions): JobRefresher {
  const { api, jobs, socketSerial, ctx } = options;
  const pending = new Map<TrackedJob, Promise<void>>();
  let shared: Promise<void> | undefined;
  let sharedAt = Number.NEGATIVE_INFINITY;
  let counting: Promise<void> | undefined;

  const once = (job: TrackedJob, refresh: () => Promise<void>): Promise<void> => {
    const running = pending.get(job);
    if (running) return running;
    const started = refresh().finally(() => pending.delete(job));
    pending.set(job, started);
    // Nobody may be waiting for it.
    started.catch(() => {});
    return started;
  };
  const apply = (job: TrackedJob, found: Whereabouts, since: number | undefined) => {
    if (job.state.phase === 'ended') return;
    if (found === undefined) return jobs.end(job, missingEnd(job, wasDeleted(job, since)));
    if (found.at === 'history') return jobs.end(job, readEnd(found.end, job.outputNodes, api.hide));
    if (found.at === 'running') moveJob(job, 'running');
    else moveJob(job, 'queued', found.ahead);
    noteSeen(job, since);
  };
  // A server that was started again had to drop the socket, and a job that began is told of.
  const wasDeleted = (job: TrackedJob, since: number | undefined) =>
    since !== undefined &&
    since === job.completeSince &&
    since === socketSerial() &&
    isWaiting(job) &&
    !isSignaled(job);
  const refresh = async (job: TrackedJob) => {
    const since = socketSerial();
    apply(job, (await api.find(job.id, ctx())) ?? (await api.findAgain(job.id, ctx())), since);
  };
  const refreshAbsent = async (job: TrackedJob) => {
    const end = await api.history(job.id, ctx());
    if (end) apply(job, { at: 'history', end }, undefined);
    else await refresh(job);
  };
  const refreshAll = async () => {
    const since = socketSerial();
    const open = jobs.open();
    if (open.length === 0) return;
    // Where the queue can't be read each job is asked for alone: its end must not stay unknown.
    const queue = await api.queue(ctx()).catch(unlessUnreadable);
    const absent: TrackedJob[] = [];
    for (const job of open) {
      const found = queue && whereIn(queue, job.id);
      if (found) apply(job, found, since);
      else absent.push(job);
    }
    sharedAt = monotonic(ctx().clock);
    for (let start = 0; start < absent.length; start += READS_AT_ONCE) {
      const batch = absent.slice(start, start + READS_AT_ONCE);
      await Promise.all(batch.map((job) => once(job, () => refreshAbsent(job))));
    }
  };
  const countAhead = async () => {
    const queue = await api.queue(ctx());
    for (const job of jobs.open()) {
      const found = whereIn(queue, job.id);
      if (found?.at === 'pending') moveJob(job, 'queued', found.ahead);
    }
  };
  const readHistory = async (job: TrackedJob) => {
    for (const pause of HISTORY_PAUSES_MS) {
      if (job.state.phase === 'ended') return;
      if (pause > 0) await ctx().clock.sleep(pause, ctx().signal);
      const end = await api.history(job.id, ctx());
      if (end) return apply(job, { at: 'history', end }, undefined);
    }
  };

  const refresher: JobRefresher = {
    one: (job) => once(job, () => refresh(job)),
    all() {
      shared ??= refreshAll().finally(() => {
        shared = undefined;
      });
      shared.catch(() => {});
      return shared;
    },
    async allUnlessRecent() {
      if (shared) return shared;
      if (monotonic(ctx().clock) - sharedAt >= SHARED_MS) await refresher.all();
    },
    places() {
      counting ??= countAhead().finally(() => {
        counting = undefined;
      });
      counting.catch(() => {});
      return counting;
    },
    async confirmEnd(job) {
      // A request that began before the end may not have seen it.
      await pending.get(job)?.catch(() => {});
      await once(job, () => readHistory(job)).finally(() => missEnd(job));
    },
    pending: (job) => pending.get(job),
  };
  return refresher;
}
