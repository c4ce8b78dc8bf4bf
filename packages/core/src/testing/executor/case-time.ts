import { setImmediate as turn } from 'node:timers/promises';
import { monotonic, systemClock } from '../../util/clock.ts';
import type { TestClock } from '../clock/test-clock.ts';
import { SkippedCase } from '../runner.ts';

/** The promise's outcome on a clock that moves whenever nothing else does. */
export type Run = <T>(promise: Promise<T>, limitMs?: number) => Promise<T>;

/** Lets a case wait, and move its backend's clock. */
export interface CaseTime {
  /** The promise's outcome, on the backend's clock. */
  run: Run;
  now(): number;
  /** Resolves once all that is under way has arrived. */
  settle(): Promise<void>;
  /** Moves the time on; a case on a backend without a clock ends here, as skipped. */
  advance(ms: number): Promise<void>;
}

/** Time by the backend's clock, or by the machine's, which nobody moves. */
export function createCaseTime(clock: TestClock | undefined): CaseTime {
  if (clock)
    return {
      run: (promise, limitMs) => clock.run(promise, limitMs),
      now: () => monotonic(clock),
      settle: () => clock.settle(),
      advance: (ms) => clock.advance(ms),
    };
  return {
    run: (promise) => promise,
    now: () => monotonic(systemClock),
    settle: () => turn(),
    async advance() {
      throw new SkippedCase('the backend has no clock that can be moved');
    },
  };
}
