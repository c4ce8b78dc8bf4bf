import type { Clock } from '../spec/index.ts';

/** Timers take no more than 2^31 − 1 ms, and fire at once when given more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    let left = ms;
    for (; left > LONGEST_TIMER_MS; left -= LONGEST_TIMER_MS) await pause(LONGEST_TIMER_MS, signal);
    await pause(left, signal);
  },
};

/** Milliseconds of a clock that nobody sets: what durations are measured by. Only differences mean something. */
export function monotonic(clock: Clock): number {
  return clock.monotonic?.() ?? performance.now();
}

/** A clock whose dates go on from now by its durations, so that nothing which reads it sees a jump. */
export function steadyClock(clock: Clock): Clock {
  const offset = clock.now() - monotonic(clock);
  return {
    now: () => Math.round(monotonic(clock) + offset),
    monotonic: () => monotonic(clock),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
