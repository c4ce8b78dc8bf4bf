import type { Clock } from '../../spec/index.ts';

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
