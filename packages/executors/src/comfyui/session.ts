import {
  type CallContext,
  ComfygenError,
  type JobRef,
  type JobSnapshot,
  monotonic,
  untilAborted,
} from 'comfygen/plugin';
import { createConnection, type Socket } from './connection.ts';
import { createJobTable } from './job-table.ts';
import { readEnd } from './read-end.ts';
import type { ServerEvent } from './read-message.ts';
import { createJobRefresher } from './refresh-jobs.ts';
import { type ServerApi, whereIn } from './server-api.ts';
import {
  applyEvent,
  isBeforeFirstNode,
  isOpen,
  isSignaled,
  isWaiting,
  openChannel,
  snapshotOf,
  type TrackedJob,
  trackJob,
  warnOfJob,
  wedgedEnd,
} from './tracked-job.ts';
import { createWatchdog } from './watchdog.ts';

/** Above this many jobs that may have missed something, one look at the queue serves all. */
const FEW = 3;
/** Between its start and its first node a job does nothing that takes long. */
const FIRST_NODE_MS = 60_000;
/** A queue comes with all of its graphs, so it is not asked for at each of its changes. */
const COUNT_MS = 4_000;
/** The longest queue in which places are counted, in jobs. */
const COUNTED_JOBS = 32;
/** The socket is kept so long after the last job. */
const IDLE_MS = 1_000;

/**
 * The state of one executor's jobs on its server: follows their events, and asks the server where some may be
 * missing.
 */
export interface Session {
  /** Registers a job before it is submitted. Resolves once the socket is open, or has turned out not to open. */
  prepare(job: TrackedJob, ctx: CallContext): Promise<void>;
  /**
   * Records that the server has accepted the job. `since` is the serial number of the socket that was open
   * throughout.
   */
  accepted(job: TrackedJob, since: number | undefined): void;
  /** Records that the submit got no answer, so that the server may still accept the job. */
  unanswered(job: TrackedJob): void;
  /** Removes a job that the server did not accept, or accepted under another id. */
  forget(job: TrackedJob): void;
  /** The job that a reference names; it may have been submitted by another process. */
  find(ref: JobRef, ctx: CallContext): TrackedJob;
  /** The snapshot of a job. Asks the server only where events may have been missed. */
  inspect(job: TrackedJob, ctx: CallContext): Promise<JobSnapshot>;
  /** The snapshot of a job, always read from the server. */
  refresh(job: TrackedJob, ctx: CallContext): Promise<JobSnapshot>;
  /** The serial number of the open socket; `undefined` where none is open. */
  readonly socketSerial: number | undefined;
  /** Aborts when the session is closed. */
  readonly closed: AbortSignal;
  close(): void;
}

/** What `createSession` is given. */
export interface SessionOptions {
  api: ServerApi;
  /** How long a running job may be silent before the server counts as hung, in milliseconds. */
  wedgedAfterMs: number;
  /** Opens the socket; absent where jobs are only polled. */
  openSocket: ((clientId: string) => Socket) | undefined;
  /** The largest message of the socket, in bytes. */
  maxFrameBytes: number;
}

/** Makes a session; it does no I/O before its first job. */
export function createSession(options: SessionOptions): Session {
  const { api, wedgedAfterMs, openSocket, maxFrameBytes } = options;
  const closing = new AbortController();
  const closed = closing.signal;
  /** Of the last call: what is shared by several callers must not end with one of them. */
  let lastCall: CallContext | undefined;
  let idleTimer: AbortController | undefined;
  /** The job of the last event: an old-style preview belongs to it. */
  let lastPromptId: string | undefined;
  /** Jobs that the server has, as it last told. */
  let queueLength = 0;
  /** When a job last left the queue, as far as the server told. */
  let movedAt = Number.NEGATIVE_INFINITY;
  /** The number of the socket whose server said that it tells of all cached nodes with files. */
  let cachedToldBy: number | undefined;
  /** When the jobs ahead were last counted; whether the queue has changed since. */
  let counted = { at: Number.NEGATIVE_INFINITY, isOld: true };

  const ctx = () => lastCall!;
  const now = () => monotonic(ctx().clock);
  const socketSerial = () => (connection.isOpen ? connection.serial : undefined);
  /** Whether no event of the job can have been missed. */
  const isUpToDate = (job: TrackedJob) =>
    !(job.state.phase !== 'ended' && job.state.end === 'unconfirmed') &&
    job.channel?.clientId === connection.clientId &&
    job.completeSince !== undefined &&
    job.completeSince === socketSerial();

  const closeWhenIdle = async () => {
    watchdog.clearMismatch();
    idleTimer = new AbortController();
    await ctx().clock.sleep(IDLE_MS, AbortSignal.any([idleTimer.signal, closed]));
    if (jobs.isIdle) connection.close();
  };
  const jobs = createJobTable(() => void closeWhenIdle().catch(() => {}));
  const refresher = createJobRefresher({ api, jobs, socketSerial, ctx });
  const connection = createConnection({
    open: (clientId) => openSocket!(clientId),
    log: () => lastCall?.log,
    onEvent,
    onOpen() {
      watchdog.start(ctx().clock);
      void refresher.all().catch(() => {});
    },
    onDown: () => watchdog.stop(),
    maxFrameBytes,
    onFlood(what) {
      const message = `The server’s socket brought ${what} (limit: maxFrameBytes, ${maxFrameBytes}), so it was closed and the job was polled.`;
      for (const job of jobs.live()) warnOfJob(job, { code: 'socket-flooded', message });
    },
  });
  const watchdog = createWatchdog({
    firstMs: wedgedAfterMs,
    async onSilence() {
      const followed = jobs.open().filter(isUpToDate);
      const before = followed.map(stageOf);
      await refresher.all();
      // Something happened that this socket did not tell: it is deaf.
      if (followed.some((job, index) => stageOf(job) !== before[index])) connection.renew();
      await endWedged();
      jobs.dropUnasked(now());
    },
    onMismatch: () => refresher.all(),
  });

  function onEvent(event: ServerEvent): void {
    if (event.type === 'status') {
      if (event.remaining < queueLength) movedAt = now();
      queueLength = event.remaining;
      counted.isOld = true;
      compareQueueLength();
      return;
    }
    if (event.type === 'features') {
      cachedToldBy = event.tellsCached ? connection.serial : undefined;
      return;
    }
    watchdog.reset();
    if (event.type !== 'preview') lastPromptId = event.promptId;
    const job = jobs.get(event.promptId ?? lastPromptId);
    if (!job) return;
    const isOver = applyEvent(job, event, now());
    const { serial } = connection;
    const told = job.account.hear(event, { serial, tellsCached: cachedToldBy === serial });
    const end = told && readEnd(told, job.outputNodes, api.hide);
    if (end?.state === 'succeeded') jobs.end(job, end);
    if (!isOver) return;
    compareQueueLength();
    void refresher.confirmEnd(job).catch(() => {});
  }

  function compareQueueLength(): void {
    const unfinished = jobs.open().filter((job) => !isSignaled(job));
    watchdog.compare(queueLength, unfinished.length);
  }

  /**
   * Gives up on a server that still has our job at work, but has not said a word of it for too long; and on one where
   * all of ours wait behind somebody else's, and nothing has left the queue for as long.
   */
  async function endWedged(): Promise<void> {
    const followed = jobs.open().filter(isUpToDate);
    const running = followed.find((job) => !isWaiting(job));
    const heardAt = running?.heardAt ?? Math.max(movedAt, ...followed.map((job) => job.heardAt));
    const silentMs = now() - heardAt;
    const limitMs =
      running && isBeforeFirstNode(running)
        ? Math.min(FIRST_NODE_MS, wedgedAfterMs)
        : wedgedAfterMs;
    if (followed.length === 0 || silentMs < limitMs) return;
    for (const job of jobs.open())
      if (!isWaiting(job)) jobs.end(job, wedgedEnd(job, silentMs));
      else if (await takeBack(job)) jobs.end(job, wedgedEnd(job, silentMs, true));
  }

  /** Whether a job that waited is out of the server's queue now, by what the server says itself. */
  async function takeBack({ id }: TrackedJob): Promise<boolean> {
    await api.cancel(id, ctx());
    return whereIn(await api.queue(ctx()), id) === undefined;
  }

  const enter = (call: CallContext) => {
    call.signal.throwIfAborted();
    closed.throwIfAborted();
    lastCall = { ...call, signal: closed, deadline: undefined };
  };
  /** Waits for work that is shared, for as long as the caller does. */
  const afterShared = async (job: TrackedJob, call: CallContext, work: Promise<void>) => {
    await untilAborted(call.signal, () => work);
    closed.throwIfAborted();
    return snapshotOf(job);
  };

  return {
    async prepare(job, call) {
      enter(call);
      // Without an `AbortError`, which takes its time.
      idleTimer?.abort('over');
      jobs.add(job);
      if (openSocket) await untilAborted(call.signal, () => connection.want(call.clock));
      closed.throwIfAborted();
      openChannel(job, connection.clientId, connection.isOpen);
    },
    accepted: (job, since) => trackJob(job, 'accepted', since),
    unanswered: (job) => trackJob(job, 'unanswered', undefined),
    forget: (job) => jobs.remove(job),
    find(ref, call) {
      enter(call);
      return jobs.find(ref, now());
    },
    async inspect(job, call) {
      if (!isOpen(job)) return snapshotOf(job);
      const pending = refresher.pending(job);
      if (pending) return afterShared(job, call, pending);
      if (isUpToDate(job)) {
        // The server tells how long its queue is, not where in it a job is.
        // An answer holds every graph of the queue: of a long one it would be most of the traffic.
        const isShort = queueLength > 1 && queueLength <= COUNTED_JOBS;
        const isDue = counted.isOld && isShort && now() - counted.at >= COUNT_MS;
        if (!isWaiting(job) || !isDue) return snapshotOf(job);
        counted = { at: now(), isOld: false };
        return afterShared(
          job,
          call,
          refresher.places().catch(() => {}),
        );
      }
      const outdated = jobs.open().filter((other) => !isUpToDate(other));
      const work = outdated.length > FEW ? refresher.allUnlessRecent() : refresher.one(job);
      return afterShared(job, call, work);
    },
    refresh: (job, call) => afterShared(job, call, refresher.one(job)),
    get socketSerial() {
      return socketSerial();
    },
    closed,
    close() {
      closing.abort(new ComfygenError('DISPOSED', 'The ComfyUI executor was disposed of.'));
      connection.close();
      watchdog.clearMismatch();
      jobs.clear();
    },
  };
}

/** What a look at the server may change where a socket does not tell. */
function stageOf({ state }: TrackedJob): string {
  return state.phase === 'ended' ? 'ended' : state.position.at;
}
