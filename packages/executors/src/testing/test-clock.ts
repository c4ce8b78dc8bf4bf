import type { Clock } from 'comfygen/plugin';
import { settleTraffic, watchTraffic } from './traffic.ts';

/**
 * Work outside the event loop (hashes, files, modules that load) is given so long before a promise counts as
 * hanging: on a busy machine a module that has to be compiled first takes seconds.
 */
const PATIENCE_MS = 20_000;

/** A clock that a test moves. Nothing in it takes real time. */
export interface TestClock extends Clock {
  /** How many sleeps have not ended. */
  readonly sleeping: number;
  /** Moves the time on; sleeps end in the order of their time, and what they start is waited for in between. */
  advance(ms: number): Promise<void>;
  /**
   * The promise's outcome: whenever nothing moves any more, the time jumps to the end of the next sleep.
   * Rejects where the promise hangs: nothing sleeps, or it would take more than `limitMs` of this clock.
   */
  run<T>(promise: Promise<T>, limitMs?: number): Promise<T>;
  /** Resolves once all that was sent has arrived; servers and clients must be in this process. */
  settle(): Promise<void>;
}

interface Sleep {
  at: number;
  wake(): void;
}

/** A clock that stands at `start`, in milliseconds since the epoch, until it is moved. */
export function createTestClock(start = 1_800_000_000_000): TestClock {
  watchTraffic();
  let now = start;
  const sleeps = new Set<Sleep>();

  const next = () => {
    let first: Sleep | undefined;
    for (const sleep of sleeps) if (first === undefined || sleep.at < first.at) first = sleep;
    return first;
  };
  const wake = async (sleep: Sleep) => {
    now = Math.max(now, sleep.at);
    sleep.wake();
    await settleTraffic();
  };

  return {
    get sleeping() {
      return sleeps.size;
    },
    now: () => now,
    sleep(ms, signal) {
      return new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const end = () => {
          sleeps.delete(sleep);
          signal?.removeEventListener('abort', onAbort);
        };
        const onAbort = () => {
          end();
          reject(signal?.reason);
        };
        const sleep: Sleep = {
          at: now + Math.max(0, ms),
          wake() {
            end();
            resolve();
          },
        };
        sleeps.add(sleep);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    async advance(ms) {
      const until = now + ms;
      await settleTraffic();
      for (let sleep = next(); sleep && sleep.at <= until; sleep = next()) await wake(sleep);
      now = until;
      await settleTraffic();
    },
    async run(promise, limitMs = 3_600_000) {
      let settled = false;
      const mark = () => {
        settled = true;
      };
      promise.then(mark, mark);
      const until = now + limitMs;
      let movedAt = performance.now();
      for (;;) {
        await settleTraffic();
        if (settled) return promise;
        const sleep = next();
        if (sleep === undefined) {
          if (performance.now() - movedAt < PATIENCE_MS) continue;
          throw new Error('The promise hangs: nothing sleeps any more.');
        }
        if (sleep.at > until)
          throw new Error(`The promise was not settled within ${limitMs} ms of the test's clock.`);
        await wake(sleep);
        movedAt = performance.now();
      }
    },
    settle: settleTraffic,
  };
}
