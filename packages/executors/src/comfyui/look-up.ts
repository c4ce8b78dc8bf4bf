import type { CallContext } from 'comfygen/plugin';
import type { JobBoard } from './job-board.ts';
import { readEnd } from './read-end.ts';
import { type ServerApi, type Whereabouts, whereIn } from './server-api.ts';
import { deletedEnd, missingEnd, moveJob, type TrackedJob } from './tracked-job.ts';

const READS_AT_ONCE = 6;
/** How long one look at all jobs is good for. */
const SHARED_MS = 1_000;
/** The history may be written a moment after the event that tells of it. */
const HISTORY_PAUSES_MS = [0, 250, 1_000];

/** Finds out what became of jobs, with as few requests as that takes. */
export interface LookUp {
  /** Looks at one job; who asks meanwhile shares that look. */
  one(job: TrackedJob): Promise<void>;
  /** Looks at all open jobs: one queue, and the history of those that are not in it. */
  all(): Promise<void>;
  /** The same, unless it was done within the last second. */
  recent(): Promise<void>;
  /** Reads the end of a job that is said to be over. */
  end(job: TrackedJob): Promise<void>;
}

interface LookUpOptions {
  api: ServerApi;
  board: JobBoard;
  /** The open socket's number: what is seen now, it will go on from. */
  serial(): number | undefined;
  /** Outlives every caller: a look is shared. */
  ctx(): CallContext;
}

/** Looks over a server's calls. */
export function createLookUp({ api, board, serial, ctx }: LookUpOptions): LookUp {
  let shared: Promise<void> | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const once = (job: TrackedJob, look: () => Promise<void>): Promise<void> => {
    job.looking ??= look().finally(() => {
      job.looking = undefined;
    });
    // Nobody may be waiting for it.
    job.looking.catch(() => {});
    return job.looking;
  };
  const settle = (job: TrackedJob, found: Whereabouts, since: number | undefined) => {
    if (job.phase === 'ended') return;
    if (found === undefined) {
      return board.end(job, wasDeleted(job, since) ? deletedEnd() : missingEnd(job));
    }
    if (found.at === 'history') return board.end(job, readEnd(found.end, job.outputNodes));
    moveJob(
      job,
      found.at === 'running' ? 'running' : 'queued',
      found.at === 'pending' ? found.ahead : undefined,
    );
    job.hearsSince = since;
  };
  // A server that was started again had to drop the socket, and a job that began is told of.
  const wasDeleted = ({ hearsSince, state, begun, over }: TrackedJob, since: number | undefined) =>
    since !== undefined &&
    since === hearsSince &&
    since === serial() &&
    state === 'queued' &&
    !begun &&
    !over;
  const look = async (job: TrackedJob) => {
    const since = serial();
    settle(job, (await api.find(job.id, ctx())) ?? (await api.findAgain(job.id, ctx())), since);
  };
  const lookAtAbsent = async (job: TrackedJob) => {
    const end = await api.history(job.id, ctx());
    if (end) settle(job, { at: 'history', end }, undefined);
    else await look(job);
  };
  const lookAtAll = async () => {
    const since = serial();
    const asked = board.open();
    if (asked.length === 0) return;
    const queue = await api.queue(ctx());
    const absent: TrackedJob[] = [];
    for (const job of asked) {
      const found = whereIn(queue, job.id);
      if (found) settle(job, found, since);
      else absent.push(job);
    }
    lookedAt = ctx().clock.now();
    for (let at = 0; at < absent.length; at += READS_AT_ONCE) {
      const some = absent.slice(at, at + READS_AT_ONCE);
      await Promise.all(some.map((job) => once(job, () => lookAtAbsent(job))));
    }
  };

  return {
    one: (job) => once(job, () => look(job)),
    all() {
      shared ??= lookAtAll().finally(() => {
        shared = undefined;
      });
      shared.catch(() => {});
      return shared;
    },
    async recent() {
      if (shared) return shared;
      if (ctx().clock.now() - lookedAt >= SHARED_MS) await this.all();
    },
    async end(job) {
      // A look that began before the end may not have seen it.
      await job.looking?.catch(() => {});
      await once(job, async () => {
        for (const pause of HISTORY_PAUSES_MS) {
          if (job.phase === 'ended') return;
          if (pause > 0) await ctx().clock.sleep(pause, ctx().signal);
          const end = await api.history(job.id, ctx());
          if (end) return settle(job, { at: 'history', end }, undefined);
        }
      }).finally(() => {
        // Its socket has told all that it will.
        job.doubt = job.phase !== 'ended';
      });
    },
  };
}
