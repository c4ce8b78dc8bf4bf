/** A sleep that has not ended. */
interface Sleep {
  at: number;
  /** Sleeps that end at one time end in the order in which they began. */
  serial: number;
  /** Ends it; `undefined` once it has ended. */
  wake: (() => void) | undefined;
}

/** The sleeps of a test clock, by the time at which they end. */
export interface SleepQueue {
  /** How many have not ended. */
  readonly size: number;
  /** Resolves when it is woken; rejects with the signal's reason when that aborts. */
  add(at: number, signal: AbortSignal | undefined): Promise<void>;
  /** The one that ends first, with what ends it. */
  first(): { at: number; wake(): void } | undefined;
}

const isBefore = (one: Sleep, other: Sleep) =>
  one.at < other.at || (one.at === other.at && one.serial < other.serial);

/** A queue without sleeps: a binary heap, since campaigns have thousands at a time. */
export function createSleepQueue(): SleepQueue {
  const heap: Sleep[] = [];
  let serial = 0;
  let size = 0;
  return {
    get size() {
      return size;
    },
    add: (at, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        size += 1;
        serial += 1;
        const end = () => {
          size -= 1;
          sleep.wake = undefined;
          signal?.removeEventListener('abort', onAbort);
        };
        const onAbort = () => {
          end();
          reject(signal?.reason);
        };
        const sleep: Sleep = {
          at,
          serial,
          wake() {
            end();
            resolve();
          },
        };
        push(heap, sleep);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    first() {
      while (heap[0] && !heap[0].wake) pop(heap);
      const [sleep] = heap;
      return sleep && { at: sleep.at, wake: () => sleep.wake?.() };
    },
  };
}

function push(heap: Sleep[], sleep: Sleep): void {
  let place = heap.push(sleep) - 1;
  for (let up = (place - 1) >> 1; place > 0 && isBefore(sleep, heap[up]!); up = (place - 1) >> 1) {
    heap[place] = heap[up]!;
    place = up;
  }
  heap[place] = sleep;
}

/** Takes the first out. */
function pop(heap: Sleep[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let place = 0;
  for (;;) {
    let down = 2 * place + 1;
    if (down >= heap.length) break;
    if (down + 1 < heap.length && isBefore(heap[down + 1]!, heap[down]!)) down += 1;
    if (!isBefore(heap[down]!, last)) break;
    heap[place] = heap[down]!;
    place = down;
  }
  heap[place] = last;
}
