import type { Clock } from 'comfygen/plugin';

/** One timer that is moved to the next moment of interest. */
export interface Alarm {
  /** Rings at `at`, in milliseconds since the epoch, unless it rings before; `undefined` silences it. */
  set(at: number | undefined, clock: Clock): void;
}

/** A silent alarm. */
export function createAlarm(ring: () => void): Alarm {
  let sleeping: { at: number; stop: AbortController } | undefined;
  return {
    set(at, clock) {
      if (sleeping && at !== undefined && sleeping.at <= at) return;
      sleeping?.stop.abort();
      sleeping = undefined;
      if (at === undefined) return;
      const stop = new AbortController();
      const own = { at, stop };
      sleeping = own;
      clock.sleep(Math.max(0, at - clock.now()), stop.signal).then(
        () => {
          if (sleeping === own) sleeping = undefined;
          if (!stop.signal.aborted) ring();
        },
        () => {},
      );
    },
  };
}
