import type { Clock } from '../../spec/index.ts';

/** Time that passes only when somebody sleeps, so that no test waits. */
export function instantClock(): Clock {
  let now = 1_000;
  return {
    now: () => now,
    async sleep(ms, signal) {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      now += ms;
    },
  };
}
