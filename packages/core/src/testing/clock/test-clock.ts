import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../spec/index.ts';
import { createSleepQueue } from './sleep-queue.ts';
import { settleTraffic, watchTraffic } from './traffic.ts';

/** A clock that a test moves, so that waiting takes no real time. */
export interface TestClock extends Clock {
  /** How many sleeps have not ended; shows timers that a part has left behind. */
  readonly sleeping: number;
  monotonic(): number;
  /** Sets `now()` forward or, below 0, back, as a person sets a wall clock: sleeps and `monotonic()` stay. */
  jump(ms: number): void;
  /** Moves the time on; sleeps end in the order of their time, and what they start is waited for in between. */
  advance(ms: number): Promise<void>;
  /**
   * The promise's outcome: whenever nothing moves any more, the time jumps to the end of the next sleep.
   * Rejects where the promise hangs: nothing sleeps, or it would take more than `limitMs` of this clock, one hour
   * by default.
   */
  run<T>(promise: Promise<T>, limitMs?: number): Promise<T>;
  /** Resolves once nothing is under way any more (see `waitsFor`); the time does not move. */
  settle(): Promise<void>;
}

/** Settings of a test clock. */
export interface TestClockOptions {
  /** Where it stands first, in milliseconds since the epoch. Default 1,800,000,000,000. */
  startMs?: number | undefined;
  /**
   * What must be over before the time moves on. `traffic`: requests on their way between clients and servers, which
   * must be in this process. `turn`: one turn of the event loop, enough where nothing travels. Default `traffic`.
   */
  waitsFor?: 'traffic' | 'turn' | undefined;
  /** Who moves the time: the test, or the clock itself as soon as somebody sleeps. Default `test`. */
  movedBy?: 'test' | 'itself' | undefined;
}

/**
 * Work outside the event loop (hashes, files, modules that load) is given so long before a promise counts as
 * hanging: on a busy machine a module that has to be compiled first takes seconds.
 */
const PATIENCE_MS = 20_000;

/** A clock that stands still until it is moved, for tests of code that waits. */
export function createTestClock({
  startMs = 1_800_000_000_000,
  waitsFor = 'traffic',
  movedBy = 'test',
}: TestClockOptions = {}): TestClock {
  if (waitsFor === 'traffic') watchTraffic();
  const settle = waitsFor === 'traffic' ? settleTraffic : () => turn();
  const sleeps = createSleepQueue();
  let now = startMs;
  let jumped = 0;
  let isMoving = false;

  /** Ends the first sleep that ends by `until`; `false` where there is none. */
  const step = async (until: number) => {
    const first = sleeps.first();
    if (first === undefined || first.at > until) return false;
    now = Math.max(now, first.at);
    first.wake();
    await settle();
    return true;
  };
  const moveItself = async () => {
    if (isMoving) return;
    isMoving = true;
    await settle();
    while (await step(Number.POSITIVE_INFINITY));
    isMoving = false;
  };

  return {
    get sleeping() {
      return sleeps.size;
    },
    now: () => now + jumped,
    monotonic: () => now,
    jump(ms) {
      jumped += ms;
    },
    sleep(ms, signal) {
      const slept = sleeps.add(now + Math.max(0, ms), signal);
      if (movedBy === 'itself') void moveItself();
      return slept;
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      while (await step(until));
      now = until;
      await settle();
    },
    async run(promise, limitMs = 3_600_000) {
      let settled = false;
      const mark = () => {
        settled = true;
      };
      promise.then(mark, mark);
      const until = now + limitMs;
      let movedAt = performance.now();
      await settle();
      while (!settled) {
        if (await step(until)) movedAt = performance.now();
        else if (sleeps.size > 0)
          throw new Error(`The promise was not settled within ${limitMs} ms of the test's clock.`);
        else if (performance.now() - movedAt < PATIENCE_MS) await settle();
        else throw new Error('The promise hangs: nothing sleeps any more.');
      }
      return promise;
    },
    settle,
  };
}
