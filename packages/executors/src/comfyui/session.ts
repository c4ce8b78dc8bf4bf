import {
  type CallContext,
  ComfygenError,
  type JobRef,
  type JobSnapshot,
  untilAborted,
} from 'comfygen/plugin';
import { createConnection } from './connection.ts';
import { createJobBoard } from './job-board.ts';
import { createLookUp } from './look-up.ts';
import type { ServerEvent } from './read-message.ts';
import type { ServerApi } from './server-api.ts';
import type { Socket } from './socket.ts';
import { takeEvent } from './take-event.ts';
import { snapshotOf, type TrackedJob, wedgedEnd } from './tracked-job.ts';
import { createWatchdog } from './watchdog.ts';

/** Above this many jobs that may have missed something, one look at the queue serves all. */
const FEW = 3;
/** Between its start and its first node a job does nothing that takes long. */
const BEGIN_MS = 60_000;
/** The socket is kept so long after the last job. */
const IDLE_MS = 1_000;

/** All that one executor knows of its server's jobs. */
export interface Session {
  /** Takes a job in before it is submitted, once the socket stands or can't be had. */
  begin(job: TrackedJob, ctx: CallContext): Promise<void>;
  /** The server has taken the job, or may have: `heard` tells that its socket stood all the while. */
  follow(job: TrackedJob, heard: number | undefined): void;
  forget(job: TrackedJob): void;
  find(ref: JobRef, ctx: CallContext): TrackedJob;
  /** The truth about a job. Asks the server only where something may have been missed. */
  inspect(job: TrackedJob, ctx: CallContext): Promise<JobSnapshot>;
  /** Looks at a job now. */
  look(job: TrackedJob, ctx: CallContext): Promise<JobSnapshot>;
  /** The number of the open socket; `undefined` for none. */
  readonly serial: number | undefined;
  readonly closed: AbortSignal;
  close(): void;
}

/** What a session needs. */
export interface SessionOptions {
  api: ServerApi;
  wedgedAfterMs: number;
  /** Absent where jobs are only polled. */
  openSocket: ((clientId: string) => Socket) | undefined;
}

/** A session; it does nothing before its first job. */
export function createSession({ api, wedgedAfterMs, openSocket }: SessionOptions): Session {
  const closing = new AbortController();
  const closed = closing.signal;
  /** Of the last call: what is shared by several callers must not end with one of them. */
  let last: CallContext | undefined;
  let resting: AbortController | undefined;
  /** The job that an old-style preview belongs to. */
  let atWork: string | undefined;
  /** Jobs that the server has, as it last told. */
  let remaining = 0;

  const ctx = () => last!;
  const now = () => ctx().clock.now();
  const serial = () => (connection.isOpen ? connection.serial : undefined);
  const hears = (job: TrackedJob) =>
    !job.doubt &&
    job.clientId === connection.clientId &&
    job.hearsSince !== undefined &&
    job.hearsSince === serial();

  const rest = async () => {
    watchdog.calm();
    resting = new AbortController();
    await ctx().clock.sleep(IDLE_MS, AbortSignal.any([resting.signal, closed]));
    if (board.idle) connection.close();
  };
  const board = createJobBoard(() => void rest().catch(() => {}));
  const lookUp = createLookUp({ api, board, serial, ctx });
  const connection = createConnection({
    open: (clientId) => openSocket!(clientId),
    log: () => last?.log,
    onEvent: hear,
    onOpen() {
      watchdog.start(ctx().clock);
      void lookUp.all().catch(() => {});
    },
    onDown: () => watchdog.stop(),
  });
  const watchdog = createWatchdog({
    async onSilence() {
      const heard = board.open().filter(hears);
      const before = heard.map(stand);
      await lookUp.all();
      // Something happened that this socket did not tell: it is deaf.
      if (heard.some((job, place) => stand(job) !== before[place])) connection.renew();
      dropWedged();
      board.forgetUnasked(now());
    },
    onMismatch: () => lookUp.all(),
  });

  function hear(event: ServerEvent): void {
    if (event.type === 'status') {
      remaining = event.remaining;
      compare();
      return;
    }
    watchdog.heard();
    if (event.type !== 'preview') atWork = event.promptId;
    const job = board.get(event.promptId ?? atWork);
    if (!job || !takeEvent(job, event, now())) return;
    job.over = true;
    compare();
    void lookUp.end(job).catch(() => {});
  }

  function compare(): void {
    watchdog.compare(remaining, board.open().filter(({ over }) => !over).length);
  }

  /** Gives up on a server that still has our job at work, but has not said a word of it for too long. */
  function dropWedged(): void {
    const running = board.open().find((job) => job.state !== 'queued' && hears(job));
    if (!running) return;
    const silentMs = now() - running.heardAt;
    if (silentMs < (running.begun ? Math.min(BEGIN_MS, wedgedAfterMs) : wedgedAfterMs)) return;
    for (const job of board.open()) board.end(job, wedgedEnd(job, silentMs));
  }

  const enter = (call: CallContext) => {
    call.signal.throwIfAborted();
    closed.throwIfAborted();
    last = { ...call, signal: closed, deadline: undefined };
  };
  /** Waits for work that is shared, for as long as the caller does. */
  const shared = async (job: TrackedJob, call: CallContext, work: Promise<void>) => {
    await untilAborted(call.signal, () => work);
    closed.throwIfAborted();
    return snapshotOf(job);
  };

  return {
    async begin(job, call) {
      enter(call);
      resting?.abort();
      board.add(job);
      if (openSocket) await untilAborted(call.signal, () => connection.want(call.clock));
      closed.throwIfAborted();
      job.clientId = connection.clientId;
      job.watchable = connection.isOpen;
    },
    follow(job, heard) {
      if (job.phase === 'submitting') job.phase = 'open';
      job.hearsSince ??= heard;
    },
    forget: (job) => board.remove(job),
    find(ref, call) {
      enter(call);
      return board.find(ref, now());
    },
    async inspect(job, call) {
      if (job.phase !== 'open') return snapshotOf(job);
      if (job.looking) return shared(job, call, job.looking);
      if (hears(job)) return snapshotOf(job);
      const missed = board.open().filter((one) => !hears(one));
      return shared(job, call, missed.length > FEW ? lookUp.recent() : lookUp.one(job));
    },
    look: (job, call) => shared(job, call, lookUp.one(job)),
    get serial() {
      return serial();
    },
    closed,
    close() {
      closing.abort(new ComfygenError('DISPOSED', 'The ComfyUI executor was disposed of.'));
      connection.close();
      watchdog.calm();
      board.clear();
    },
  };
}

function stand({ phase, state }: TrackedJob): string {
  return `${phase} ${state}`;
}
