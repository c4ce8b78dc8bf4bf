import { setTimeout as wait } from 'node:timers/promises';
import type { TestClock } from 'comfygen/testing';

/** What is under way to a server on this machine or near it has arrived by then, in the machine's milliseconds. */
const ARRIVED_MS = 150;

/**
 * A clock that runs `pace` times as fast as the machine's, for tests with a real server: its jobs take real time, and
 * the long waits of a client pass quickly all the same.
 */
export function createPacedClock(pace: number): TestClock {
  const startedAt = performance.now();
  let epoch = Date.now();
  let sleeping = 0;
  const monotonic = () => (performance.now() - startedAt) * pace;
  const pass = (ms: number) => wait(Math.max(0, ms) / pace);
  return {
    get sleeping() {
      return sleeping;
    },
    now: () => epoch + monotonic(),
    monotonic,
    jump(ms) {
      epoch += ms;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      sleeping += 1;
      try {
        await wait(Math.max(0, ms) / pace, undefined, { signal });
      } catch {
        throw signal?.reason;
      } finally {
        sleeping -= 1;
      }
    },
    advance: pass,
    async run(promise, limitMs = 3_600_000) {
      const limit = new AbortController();
      const late = wait(limitMs / pace, undefined, { signal: limit.signal }).then(() => {
        throw new Error(`The promise was not settled within ${limitMs} ms of the test's clock.`);
      });
      late.catch(() => {});
      return Promise.race([promise, late]).finally(() => limit.abort());
    },
    settle: () => wait(ARRIVED_MS),
  };
}
