import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../spec/index.ts';
import { systemClock } from '../../util/clock.ts';
import { SkippedCase } from '../runner.ts';

/** A clock that the suite moves; `createTestClock` of `@comfygen/executors/testing` makes one. */
export interface SuiteClock extends Clock {
  /** How many sleeps have not ended: timers that are left show here. */
  readonly sleeping: number;
  /** Moves the time on by so many milliseconds; what falls due on the way is done. */
  advance(ms: number): Promise<void>;
  /**
   * The promise's outcome. While nothing moves the time jumps to the end of the next sleep; rejects where nothing
   * sleeps, or after `limitMs` of this clock, one hour by default.
   */
  run<T>(promise: Promise<T>, limitMs?: number): Promise<T>;
  /** Resolves once all that is under way has arrived. */
  settle(): Promise<void>;
}

/** The promise's outcome on a clock that moves whenever nothing else does. */
export type Run = <T>(promise: Promise<T>, limitMs?: number) => Promise<T>;

/** How a case passes time. */
export interface CaseTime {
  /** The promise's outcome, on the backend's clock. */
  run: Run;
  now(): number;
  /** Lets what is under way arrive. */
  settle(): Promise<void>;
  /** Moves the time on; a case on a backend without a clock ends here, as skipped. */
  advance(ms: number): Promise<void>;
}

/** Time by the backend's clock, or by the machine's, which nobody moves. */
export function createCaseTime(clock: SuiteClock | undefined): CaseTime {
  if (clock)
    return {
      run: (promise, limitMs) => clock.run(promise, limitMs),
      now: () => clock.now(),
      settle: () => clock.settle(),
      advance: (ms) => clock.advance(ms),
    };
  return {
    run: (promise) => promise,
    now: () => systemClock.now(),
    settle: () => turn(),
    async advance() {
      throw new SkippedCase('the backend has no clock that can be moved');
    },
  };
}
