import { ComfygenError } from 'comfygen/plugin';

/** Why a member gets no jobs: an error code and a sentence. */
export interface BreakReason {
  code: string;
  message: string;
}

/** `closed` takes jobs, `open` takes none, `half-open` takes one to see how it goes. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Keeps jobs away from a member that can't do them. */
export interface Breaker {
  readonly state: BreakerState;
  /** What opened it, until a job succeeds again. */
  readonly reason: BreakReason | undefined;
  /** When it may be probed, in milliseconds since the epoch; while it is open. */
  readonly probeAt: number | undefined;
  /** Opens after as many in a row as the pool was told; at once while half-open. */
  fail(reason: BreakReason, now: number): void;
  /** Opens at once, for `forMs` at least. */
  trip(reason: BreakReason, now: number, forMs?: number): void;
  /** A probe found the member in order. */
  probed(): void;
  /** A job came to an end that is not the member's fault. */
  worked(): void;
  /** A job succeeded: all is forgotten. */
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

/** An error as a breaker's reason. */
export function reasonOf(error: unknown): BreakReason {
  if (ComfygenError.is(error)) return { code: error.code, message: error.message };
  const { message } = new ComfygenError('PART_FAILED', String(error));
  return { code: 'PART_FAILED', message };
}
