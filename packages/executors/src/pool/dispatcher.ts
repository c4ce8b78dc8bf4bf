import { type CallContext, ComfygenError, type PartRef } from 'comfygen/plugin';
import { createAlarm } from './alarm.ts';
import { book, chooseMember, lookAhead, type Offer } from './choose-member.ts';
import { fitsOn, type Uploads, unfit } from './fitness.ts';
import { isUsable, leaveUnread } from './member.ts';
import type { Settings } from './options.ts';
import { probe } from './probe.ts';
import { isHopeless } from './refusal.ts';
import type { RunTimes } from './run-times.ts';
import type { Flight, Member, PoolJob } from './types.ts';
import { createWaitingLine, type Waiter } from './waiting-line.ts';

/** While jobs wait, those that nobody asks for are looked after so often, in milliseconds. */
const LOOK_MS = 5_000;

/** The first job waits so long for members that have not told yet what they can run, in milliseconds. */
const STRAGGLERS_MS = 10_000;

/** Gives jobs their places. */
export interface Dispatcher {
  /** Jobs that wait. */
  readonly waiting: number;
  /**
   * A place for the job, as soon as its turn has come. Rejects with the signal's reason; where no member can run it;
   * and, `bounded`, with QUEUE_FULL where too many wait already.
   */
  place(job: PoolJob, signal: AbortSignal, bounded: boolean): Promise<Flight>;
  /** Takes a job's place back. */
  release(flight: Flight): void;
  /** Members have changed: looks at every waiting job anew. */
  review(): void;
  /** Refuses all who wait. */
  close(reason: unknown): void;
}

/** What a dispatcher works with. */
export interface DispatcherOptions {
  part: PartRef;
  settings: Settings;
  members: readonly Member[];
  uploads: Uploads;
  everyone: RunTimes;
  /** A context that lives as long as the pool. */
  ctx(): CallContext;
  /** Called from time to time while jobs wait or `busy` says so. */
  lookAfter(): void;
  busy(): boolean;
  /** Called after each change. */
  onChange(): void;
}

/** A dispatcher without jobs. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { part, settings, members, uploads, everyone, ctx } = options;
  const line = createWaitingLine();
  let begun = false;
  let askedAt: number | undefined;
  let closed: { reason: unknown } | undefined;
  const now = () => ctx().clock.now();
  const alarm = createAlarm(() => {
    options.lookAfter();
    round(true);
  });

  const give = (waiter: Waiter, { prospect, estimateMs, cold }: Offer) => {
    const { member } = prospect;
    const { job } = waiter;
    const flight: Flight = {
      member,
      job,
      estimateMs,
      cold,
      acceptedAt: undefined,
      ref: undefined,
      refusals: undefined,
      looking: false,
      over: new AbortController(),
    };
    begun = true;
    member.flights.add(flight);
    if (job.needs && job.needs.base.length > 0) member.loaded = job.needs.base;
    job.flight = flight;
    line.remove(waiter);
    waiter.give(flight);
  };

  /** Reads inventories and probes members, where somebody waits for them. */
  const tend = () => {
    if (line.size === 0) return;
    for (const member of members) {
      const { breaker, stock } = member;
      if (member.removed) continue;
      if (breaker.state === 'open') {
        if (!member.probing && breaker.probeAt! <= now())
          void probe(member, ctx()).then(() => round(true));
      } else if (stock.stale(now()) && !stock.reading) {
        stock.read(ctx()).then(
          () => round(true),
          (error) => {
            if (closed) return;
            leaveUnread(member, error, now());
            round(true);
          },
        );
      }
    }
  };

  /** Refuses a job that has nothing to wait for. */
  const judge = (waiter: Waiter) => {
    const { job } = waiter;
    const able = members.filter((member) => fitsOn(job, member, uploads));
    if (able.length === 0) return refuse(waiter, unfit(job, members, uploads, part));
    const hopeful = able.filter(({ breaker }) => !isDown(breaker));
    if (able.some((member) => isUsable(member, now()) || isFirstReading(member))) {
      job.strandedSince = undefined;
      return;
    }
    job.strandedSince ??= now();
    if (hopeful.length > 0 && now() - job.strandedSince < settings.patienceMs) return;
    refuse(waiter, stranded(job, able));
  };
  const refuse = (waiter: Waiter, error: unknown) => {
    if (line.remove(waiter)) waiter.refuse(error);
  };
  const stranded = (job: PoolJob, able: readonly Member[]) => {
    const told = able.map(
      ({ name, breaker }) => `${name}: ${breaker.reason?.message.replace(/\.$/, '') ?? 'resting'}`,
    );
    const codes = new Set(able.map(({ breaker }) => breaker.reason?.code));
    const [only] = codes;
    const code = codes.size === 1 && isHopeless(only) ? (only as 'AUTH') : 'UNAVAILABLE';
    const next = Math.min(...able.map(({ breaker, restUntil }) => breaker.probeAt ?? restUntil));
    return new ComfygenError(
      code,
      `No member that could run the job takes one: ${told.join('; ')}.`,
      {
        part,
        retryAfterMs: code === 'UNAVAILABLE' ? Math.max(0, next - now()) : undefined,
        details: { members: told },
        cause: job.refused?.last,
      },
    );
  };

  const assign = () => {
    // The first choice is not left to which member lists its files fastest.
    askedAt ??= now();
    if (!begun && members.some(isFirstReading) && now() - askedAt < STRAGGLERS_MS) return;
    const usable = members.filter((member) => isUsable(member, now()));
    const prospects = usable.map((member) => lookAhead(member, everyone, now()));
    for (const waiter of line.all()) {
      if (!prospects.some(({ slots }) => slots > 0)) return;
      const { job } = waiter;
      const fit = prospects.filter(({ member }) => fitsOn(job, member, uploads));
      const others = fit.filter(({ member }) => member !== job.avoid);
      const offer = chooseMember(job, others.length > 0 ? others : fit, everyone, now());
      if (!offer) continue;
      book(offer, job);
      if (offer.prospect.slots <= 0) continue;
      offer.prospect.slots -= 1;
      give(waiter, offer);
    }
  };

  const arm = () => {
    const waits = line.size > 0;
    if (closed || !(waits || options.busy())) return alarm.set(undefined, ctx().clock);
    const moments = [now() + LOOK_MS];
    for (const { breaker, restUntil, removed, probing } of members) {
      if (removed || !waits) continue;
      if (breaker.state === 'open' && !probing) moments.push(breaker.probeAt!);
      if (restUntil > now()) moments.push(restUntil);
    }
    for (const { job } of line.all().slice(0, 1))
      if (job.strandedSince !== undefined) moments.push(job.strandedSince + settings.patienceMs);
    alarm.set(Math.max(now() + 1, Math.min(...moments)), ctx().clock);
  };

  const round = (anew: boolean) => {
    if (closed) return;
    tend();
    if (anew) for (const waiter of line.all()) judge(waiter);
    assign();
    arm();
    options.onChange();
  };

  return {
    get waiting() {
      return line.size;
    },
    place: (job, signal, bounded) =>
      new Promise<Flight>((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (closed) return reject(closed.reason);
        const onAbort = () => {
          line.remove(waiter);
          waiter.refuse(signal.reason);
          round(false);
        };
        const settle = () => signal.removeEventListener('abort', onAbort);
        const waiter: Waiter = {
          job,
          give(flight) {
            settle();
            resolve(flight);
          },
          refuse(error) {
            settle();
            reject(error);
          },
        };
        signal.addEventListener('abort', onAbort, { once: true });
        line.add(waiter);
        judge(waiter);
        round(false);
        if (!bounded || line.size <= settings.maxQueue) return;
        if (line.remove(waiter)) waiter.refuse(queueFull());
        round(false);
      }),
    release(flight) {
      flight.member.flights.delete(flight);
      if (flight.job.flight === flight) flight.job.flight = undefined;
      round(false);
    },
    review: () => round(true),
    close(reason) {
      closed = { reason };
      alarm.set(undefined, ctx().clock);
      for (const waiter of line.all()) refuse(waiter, reason);
    },
  };

  function queueFull(): ComfygenError {
    const usable = members.filter((member) => isUsable(member, now()));
    const lanes = usable.reduce((sum, { parallel }) => sum + parallel, 0);
    const runMs = everyone.estimate('', false) ?? 10_000;
    const message = `${line.size} jobs wait for the pool already, and more than ${settings.maxQueue} may not.`;
    return new ComfygenError('QUEUE_FULL', message, {
      part,
      retryAfterMs: Math.max(1_000, Math.round(runMs / Math.max(1, lanes))),
      details: { waiting: line.size },
    });
  }
}

function isDown({ state, reason }: Member['breaker']): boolean {
  return state === 'open' && isHopeless(reason?.code);
}

/** A member that is expected to tell shortly what it can run. */
function isFirstReading({ removed, breaker, stock }: Member): boolean {
  return !removed && breaker.state !== 'open' && !stock.known;
}
