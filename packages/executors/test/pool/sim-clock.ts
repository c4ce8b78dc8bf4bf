import type { Clock } from 'comfygen/plugin';

/** A clock for members in memory: nothing travels, so one turn of the event loop is enough for all that a moment sets off. */
export interface SimClock extends Clock {
  readonly sleeping: number;
  /** The promise's outcome; the time jumps to the next sleep's end. Rejects where nothing sleeps any more. */
  run<T>(promise: Promise<T>): Promise<T>;
}

interface Sleep {
  at: number;
  serial: number;
  wake: (() => void) | undefined;
}

const isBefore = (one: Sleep, other: Sleep) =>
  one.at < other.at || (one.at === other.at && one.serial < other.serial);

/** A clock that starts at 0. */
export function createSimClock(): SimClock {
  const heap: Sleep[] = [];
  let now = 0;
  let serial = 0;
  let sleeping = 0;

  const push = (sleep: Sleep) => {
    let place = heap.push(sleep) - 1;
    for (
      let up = (place - 1) >> 1;
      place > 0 && isBefore(sleep, heap[up]!);
      up = (place - 1) >> 1
    ) {
      heap[place] = heap[up]!;
      place = up;
    }
    heap[place] = sleep;
  };
  const pop = () => {
    const first = heap[0];
    const sleep = heap.pop();
    if (!first || !sleep || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let down = 2 * place + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && isBefore(heap[down + 1]!, heap[down]!)) down += 1;
      if (!isBefore(heap[down]!, sleep)) break;
      heap[place] = heap[down]!;
      place = down;
    }
    heap[place] = sleep;
    return first;
  };
  return {
    get sleeping() {
      return sleeping;
    },
    now: () => now,
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        sleeping += 1;
        serial += 1;
        const end = () => {
          sleeping -= 1;
          sleep.wake = undefined;
          signal?.removeEventListener('abort', onAbort);
        };
        const onAbort = () => {
          end();
          reject(signal!.reason);
        };
        const sleep: Sleep = {
          at: now + Math.max(0, ms),
          serial,
          wake() {
            end();
            resolve();
          },
        };
        push(sleep);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    async run(promise) {
      let settled = false;
      const mark = () => {
        settled = true;
      };
      promise.then(mark, mark);
      for (;;) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (settled) return promise;
        let next = pop();
        while (next && !next.wake) next = pop();
        if (!next) throw new Error('The promise hangs: nothing sleeps any more.');
        now = Math.max(now, next.at);
        next.wake?.();
      }
    },
  };
}
