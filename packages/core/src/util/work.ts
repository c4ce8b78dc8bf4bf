import { letOthersRun } from './let-others-run.ts';

/** Work that can pause: a generator that yields, often, where others may run. Its value is what it returns. */
export type Work<T> = Generator<undefined, T, void>;

/** A value, or for what takes more than some milliseconds the work that makes it. */
export type Made<T> = T | Work<T>;

/** Well under the 50 ms in which an abort, a timer or a request should be noticed. */
const SLICE_MS = 12;

/**
 * Does work in slices of some 12 ms, with a turn of the event loop between them, in which timers, requests and an
 * abort are handled. A slice is never cut: work that yields seldom holds the loop for longer. Rejects with the
 * signal's reason.
 */
export async function runInSlices<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  const pause = createPacer(signal);
  for (let at = work.next(); ; at = work.next()) {
    if (at.done) return at.value;
    await pause();
  }
}

/** Does work without a pause: for what is known to be small. */
export function runAtOnce<T>(given: Made<T>): T {
  const work = finishWork(given);
  for (let at = work.next(); ; at = work.next()) if (at.done) return at.value;
}

/** For work that is asynchronous anyway: a function to await often, which lets others run once a slice is over. */
export function createPacer(signal?: AbortSignal): () => Promise<void> | undefined {
  let start = performance.now();
  return () => {
    if (performance.now() - start < SLICE_MS) return undefined;
    return letOthersRun(signal).then(() => {
      start = performance.now();
    });
  };
}

/** The value that was given at once, or that the given work makes. */
export function* finishWork<T>(given: Made<T>): Work<T> {
  return isWork(given) ? yield* given : given;
}

const isWork = <T>(given: Made<T>): given is Work<T> =>
  typeof given === 'object' && given !== null && Symbol.iterator in given && 'next' in given;
