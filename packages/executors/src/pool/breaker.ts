import { ComfygenError } from 'comfygen/plugin';

/** Why a member gets no jobs: an error code and a sentence. */
export interface BreakReason {
  code: string;
  message: string;
}

/** Whether a member gets jobs: `closed`: yes; `open`: none; `half-open`: one, to see how it goes. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Decides whether a member gets jobs, by how its last ones went. */
export interface Breaker {
  readonly state: BreakerState;
  /** The last failure since a job succeeded; while open, the one that opened it. */
  readonly reason: BreakReason | undefined;
  /** The earliest time for a probe, on the monotonic clock; `undefined` unless open. */
  readonly probeAt: number | undefined;
  /** Records a failure. Opens the breaker after `breakAfter` in a row, or at once while half-open. */
  fail(reason: BreakReason, now: number): void;
  /** Opens the breaker at once, for at least `forMs` milliseconds. */
  trip(reason: BreakReason, now: number, forMs?: number): void;
  /** Half-opens the breaker, after a probe found the member in order. */
  probed(): void;
  /** Records a job that ended without a fault of the member; closes a half-open breaker. */
  worked(): void;
  /** Records a job that succeeded; a closed breaker then forgets its reason and all earlier openings. */
  succeeded(): void;
}

/** When breakers open, and for how long, in milliseconds. */
export interface BreakerSettings {
  breakAfter: number;
  probeAfterMs: number;
  maxProbeAfterMs: number;
}

/** A closed breaker: its member gets jobs. */
export function createBreaker(settings: BreakerSettings): Breaker {
  const { breakAfter, probeAfterMs, maxProbeAfterMs } = settings;
  let state: BreakerState = 'closed';
  let reason: BreakReason | undefined;
  let probeAt: number | undefined;
  let failures = 0;
  let openings = 0;

  const breaker: Breaker = {
    get state() {
      return state;
    },
    get reason() {
      return reason;
    },
    get probeAt() {
      return probeAt;
    },
    fail(why, now) {
      failures += 1;
      if (state === 'open') return;
      if (state === 'half-open' || failures >= breakAfter) breaker.trip(why, now);
      else reason = why;
    },
    trip(why, now, forMs = 0) {
      // Several jobs may meet one outage: that is one opening.
      if (state !== 'open') openings += 1;
      const pause = Math.min(maxProbeAfterMs, probeAfterMs * 2 ** Math.max(0, openings - 1));
      if (state !== 'open') probeAt = now + Math.max(pause, forMs);
      state = 'open';
      reason = why;
      failures = 0;
    },
    probed() {
      if (state !== 'open') return;
      state = 'half-open';
      probeAt = undefined;
    },
    worked() {
      failures = 0;
      // What was sent before it opened says nothing about now.
      if (state === 'half-open') state = 'closed';
    },
    succeeded() {
      breaker.worked();
      if (state !== 'closed') return;
      openings = 0;
      reason = undefined;
    },
  };
  return breaker;
}

/** Opens a breaker again, for twice as long, after a probe that failed. */
export function reopen(breaker: Breaker, reason: BreakReason, now: number): void {
  breaker.probed();
  breaker.trip(reason, now);
}

/** The code and message of an error, as a breaker's reason; PART_FAILED for an error without a code. */
export function reasonOf(error: unknown): BreakReason {
  if (ComfygenError.is(error)) return { code: error.code, message: error.message };
  const { message } = new ComfygenError('PART_FAILED', String(error));
  return { code: 'PART_FAILED', message };
}
