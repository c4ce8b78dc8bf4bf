import { type Clock, monotonic } from 'comfygen/plugin';

/** A server that says nothing of any job for so long is asked; then less and less often. */
const SILENCE_MS = 15_000;
const LONGEST_MS = 60_000;
/** A queue that is shorter than our jobs is looked at if it stays so. */
const MISMATCH_MS = 2_000;

/** The functions that a watchdog calls. */
interface WatchdogOptions {
  /** How long the first silence may last at most, in milliseconds: less than the usual 15 seconds where wanted. */
  firstMs: number;
  /** Called when the open socket has sent nothing about any job for a while. */
  onSilence(): Promise<void>;
  /** The server has had fewer jobs than we think for a while: some were deleted. */
  onMismatch(): Promise<void>;
}

/**
 * Detects failures that a server does not report: a socket that receives nothing any more, a dead worker, deleted
 * jobs.
 */
export interface Watchdog {
  /** Starts watching; call it when a socket has opened, and `stop` when it has closed. */
  start(clock: Clock): void;
  stop(): void;
  /** Starts the silence anew; call it when the socket has reported on a job. */
  reset(): void;
  /** Compares the server's number of jobs with the expected one. `onMismatch` follows if the server's stays lower. */
  compare(theirs: number, ours: number): void;
  /** Forgets a suspected mismatch, since there are no jobs left. */
  clearMismatch(): void;
}

/** A watchdog that does nothing until it is started. */
export function createWatchdog({ firstMs, onSilence, onMismatch }: WatchdogOptions): Watchdog {
  const first = Math.min(SILENCE_MS, firstMs);
  let clock: Clock | undefined;
  let heardAt = 0;
  let pause = first;
  let watching = new AbortController();
  let mismatch: AbortController | undefined;

  const watch = async (time: Clock, signal: AbortSignal) => {
    while (!signal.aborted) {
      const left = heardAt + pause - monotonic(time);
      if (left > 0) {
        await time.sleep(left, signal);
        continue;
      }
      // What fails here is looked at again after the next silence.
      await onSilence().catch(() => {});
      heardAt = monotonic(time);
      pause = Math.min(LONGEST_MS, pause * 1.5);
    }
  };
  const reset = () => {
    if (clock) heardAt = monotonic(clock);
    pause = first;
  };
  const clearMismatch = () => {
    mismatch?.abort();
    mismatch = undefined;
  };

  return {
    start(time) {
      clock = time;
      reset();
      watching = new AbortController();
      watch(time, watching.signal).catch(() => {});
    },
    stop() {
      watching.abort();
      clearMismatch();
    },
    reset,
    compare(theirs, ours) {
      if (theirs >= ours) return clearMismatch();
      if (!clock || mismatch) return;
      mismatch = new AbortController();
      clock.sleep(MISMATCH_MS, mismatch.signal).then(
        async () => {
          mismatch = undefined;
          await onMismatch().catch(() => {});
        },
        () => {},
      );
    },
    clearMismatch,
  };
}
