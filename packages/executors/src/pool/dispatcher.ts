import {
  type CallContext,
  type Clock,
  ComfygenError,
  errorInfo,
  monotonic,
  type PartRef,
} from 'comfygen/plugin';
import { addToForecast, type Candidate, chooseMember, forecastLoad } from './choose-member.ts';
import { createJobQueue, type QueuedJob } from './job-queue.ts';
import { setUnschedulableSince, startAttempt } from './job-state.ts';
import { maintainMembers } from './maintain-members.ts';
import { isAvailable, isStarting } from './member.ts';
import type { Settings } from './options.ts';
import { fitsOn, noMemberFits } from './requirements.ts';
import type { RunTimes } from './run-times.ts';
import type { Attempt, Member, PoolJob, Uploads, Work } from './types.ts';

/** While jobs wait, those that nobody asks for are polled so often, in milliseconds. */
const POLL_MS = 5_000;

/** The first job waits so long for members that have not told yet what they can run, in milliseconds. */
const FIRST_INVENTORIES_MS = 10_000;

/** The queue of a pool: assigns waiting jobs to members. */
export interface Dispatcher {
  /** How many jobs wait. */
  readonly waiting: number;
  /**
   * Assigns the job to a member as soon as its turn has come. Rejects with the signal's reason; with why no member can
   * run it, or takes jobs now; and, `bounded`, with QUEUE_FULL where too many wait already.
   */
  assign(job: PoolJob, work: Work, signal: AbortSignal, bounded: boolean): Promise<Attempt>;
  /** Whether another member could run the job, as far as each has told. */
  fitsElsewhere(work: Work, than: Member): boolean;
  /** Frees the place that an attempt holds on its member, so that the next job can have it. */
  release(attempt: Attempt): void;
  /** Checks every waiting job anew; call it when members have changed. */
  recheck(): void;
  /** Rejects all who wait with the reason. */
  close(reason: unknown): void;
}

/** What `createDispatcher` is given. */
export interface DispatcherOptions {
  part: PartRef;
  settings: Settings;
  members: readonly Member[];
  uploads: Uploads;
  /** Run times of all members together. */
  poolTimes: RunTimes;
  /** A context that lives as long as the pool. */
  ctx(): CallContext;
  /** Called from time to time while jobs wait, or `isAwaited` says that somebody waits for the pool's jobs to end. */
  pollAbandoned(): void;
  isAwaited(): boolean;
  /** Called after each change. */
  onChange(): void;
}

/** Makes a dispatcher without jobs. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { part, settings, members, uploads, poolTimes, ctx } = options;
  const queue = createJobQueue();
  let anyAssigned = false;
  let firstRoundAt: number | undefined;
  let closed: { reason: unknown } | undefined;
  const now = () => monotonic(ctx().clock);
  const timer = createTimer(() => {
    options.pollAbandoned();
    schedule(true);
  });

  /** Rejects a job that has nothing to wait for. */
  const rejectUnschedulable = (queued: QueuedJob) => {
    const { work } = queued;
    const able = members.filter((member) => fitsOn(work, member, uploads));
    if (able.length === 0) return queued.reject(noMemberFits(work, members, uploads, part));
    if (able.some((member) => isAvailable(member, now()) || isStarting(member)))
      return setUnschedulableSince(work, undefined);
    const since = work.unschedulableSince ?? now();
    setUnschedulableSince(work, since);
    if (able.some(isRecoverable) && now() - since < settings.patienceMs) return;
    queued.reject(noMemberAvailable(work, able, now(), part));
  };

  const assign = (queued: QueuedJob, { forecast, estimateMs, cold }: Candidate) => {
    const { member } = forecast;
    const { job, work } = queued;
    anyAssigned = true;
    const attempt = startAttempt(job, work, { member, estimateMs, cold });
    member.attempts.set(attempt, job);
    if (work.needs.base.length > 0) member.loaded = work.needs.base;
    queued.assign(attempt);
  };

  const assignAll = () => {
    // The first choice is not left to which member lists its files fastest.
    firstRoundAt ??= now();
    const early = now() - firstRoundAt < FIRST_INVENTORIES_MS;
    if (!anyAssigned && early && members.some(isStarting)) return;
    const available = members.filter((member) => isAvailable(member, now()));
    const forecasts = available.map((member) => forecastLoad(member, poolTimes, now()));
    for (const queued of queue.all()) {
      if (!forecasts.some(({ freePlaces }) => freePlaces > 0)) return;
      const { work } = queued;
      const able = forecasts.filter(({ member }) => fitsOn(work, member, uploads));
      const others = able.filter(({ member }) => member !== work.avoid);
      const best = chooseMember(work, others.length > 0 ? others : able, poolTimes, now());
      if (!best) continue;
      addToForecast(best, work);
      if (best.forecast.freePlaces <= 0) continue;
      best.forecast.freePlaces -= 1;
      assign(queued, best);
    }
  };

  const setTimer = () => {
    const waits = queue.size > 0;
    if (closed || !(waits || options.isAwaited())) return timer.set(undefined, ctx().clock);
    const moments = [now() + POLL_MS];
    for (const { breaker, restUntil, removed, probing } of members) {
      if (removed || !waits) continue;
      if (breaker.state === 'open' && !probing) moments.push(breaker.probeAt!);
      if (restUntil > now()) moments.push(restUntil);
    }
    const since = queue.all()[0]?.work.unschedulableSince;
    if (since !== undefined) moments.push(since + settings.patienceMs);
    timer.set(Math.max(now() + 1, Math.min(...moments)), ctx().clock);
  };

  const schedule = (recheck: boolean) => {
    if (closed) return;
    if (queue.size > 0) maintainMembers(members, ctx(), () => schedule(true));
    if (recheck) for (const queued of queue.all()) rejectUnschedulable(queued);
    assignAll();
    setTimer();
    options.onChange();
  };

  return {
    get waiting() {
      return queue.size;
    },
    assign(job, work, signal, bounded) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (closed) return Promise.reject(closed.reason);
      const queued = queue.add(job, work, signal, () => schedule(false));
      rejectUnschedulable(queued);
      schedule(false);
      if (!bounded || queue.size <= settings.maxQueue) return queued.assigned;
      if (queue.remove(queued))
        queued.reject(queueFull(queue.size, members, { part, settings, poolTimes, now: now() }));
      schedule(false);
      return queued.assigned;
    },
    fitsElsewhere: (work, than) =>
      members.some((member) => member !== than && fitsOn(work, member, uploads)),
    release(attempt) {
      attempt.member.attempts.delete(attempt);
      schedule(false);
    },
    recheck: () => schedule(true),
    close(reason) {
      closed = { reason };
      timer.set(undefined, ctx().clock);
      for (const queued of queue.all()) queued.reject(reason);
    },
  };
}

/** Whether a member may take jobs again without anybody's help. */
function isRecoverable({ breaker }: Member): boolean {
  return !(breaker.state === 'open' && needsPerson(breaker.reason?.code));
}

function needsPerson(code: string | undefined): boolean {
  return code !== undefined && errorInfo(code).needsPerson === true;
}

/** The error of a job that some members could run, none of which takes jobs. */
function noMemberAvailable(
  work: Work,
  able: readonly Member[],
  now: number,
  part: PartRef,
): ComfygenError {
  const reasons = able.map(
    ({ name, breaker }) => `${name}: ${breaker.reason?.message.replace(/\.$/, '') ?? 'resting'}`,
  );
  const codes = new Set(able.map(({ breaker }) => breaker.reason?.code));
  const [only] = codes;
  const code = codes.size === 1 && needsPerson(only) ? (only as 'AUTH') : 'UNAVAILABLE';
  const next = Math.min(...able.map(({ breaker, restUntil }) => breaker.probeAt ?? restUntil));
  const message = `No member that could run the job takes one: ${reasons.join('; ')}.`;
  return new ComfygenError(code, message, {
    part,
    retryAfterMs: code === 'UNAVAILABLE' ? Math.max(0, next - now) : undefined,
    details: { members: reasons },
    cause: work.rejections?.last,
  });
}

/** The error of a job that finds `waiting` others in the queue; when to try again, by how long jobs take. */
function queueFull(
  waiting: number,
  members: readonly Member[],
  pool: { part: PartRef; settings: Settings; poolTimes: RunTimes; now: number },
): ComfygenError {
  const available = members.filter((member) => isAvailable(member, pool.now));
  const lanes = available.reduce((sum, { parallel }) => sum + parallel, 0);
  const runMs = pool.poolTimes.estimate('', false) ?? 10_000;
  const { maxQueue } = pool.settings;
  const message = `${waiting} jobs wait for the pool already, and more than ${maxQueue} may not.`;
  return new ComfygenError('QUEUE_FULL', message, {
    part: pool.part,
    retryAfterMs: Math.max(1_000, Math.round(runMs / Math.max(1, lanes))),
    details: { waiting },
  });
}

/** One timer that is moved to the next moment of interest. */
interface Timer {
  /** Goes off at `at`, on the monotonic clock, unless it is set to go off earlier; `undefined` clears it. */
  set(at: number | undefined, clock: Clock): void;
}

function createTimer(onTime: () => void): Timer {
  let pending: { at: number; stop: AbortController } | undefined;
  return {
    set(at, clock) {
      if (pending && at !== undefined && pending.at <= at) return;
      pending?.stop.abort();
      pending = undefined;
      if (at === undefined) return;
      const timer = { at, stop: new AbortController() };
      pending = timer;
      clock.sleep(Math.max(0, at - monotonic(clock)), timer.stop.signal).then(
        () => {
          if (pending === timer) pending = undefined;
          if (!timer.stop.signal.aborted) onTime();
        },
        () => {},
      );
    },
  };
}
