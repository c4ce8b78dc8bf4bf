import type { Flight, PoolJob } from './types.ts';

/** A job that waits for a place. */
export interface Waiter {
  job: PoolJob;
  give(flight: Flight): void;
  refuse(error: unknown): void;
}

/** Jobs in the order of their turns. */
export interface WaitingLine {
  readonly size: number;
  all(): readonly Waiter[];
  add(waiter: Waiter): void;
  /** Whether it was still there. */
  remove(waiter: Waiter): boolean;
}

/** An empty line. */
export function createWaitingLine(): WaitingLine {
  const waiters: Waiter[] = [];
  return {
    get size() {
      return waiters.length;
    },
    all: () => [...waiters],
    add(waiter) {
      // A job that moves comes back with its old turn.
      let place = waiters.length;
      while (place > 0 && waiters[place - 1]!.job.turn > waiter.job.turn) place -= 1;
      waiters.splice(place, 0, waiter);
    },
    remove(waiter) {
      const place = waiters.indexOf(waiter);
      if (place >= 0) waiters.splice(place, 1);
      return place >= 0;
    },
  };
}
