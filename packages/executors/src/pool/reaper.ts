import { type CallContext, monotonic } from 'comfygen/plugin';
import type { Attempt, Member, PoolJob } from './types.ts';

/** A job that no caller has asked for in so long is polled by the pool, in milliseconds. */
const ABANDONED_MS = 10_000;

/** Polls jobs that no caller asks for any more, so that ended ones free their places. */
export interface Reaper {
  /** Polls the jobs that were abandoned; one that has ended frees its place. */
  poll(): void;
  /** Resolves once `done` holds at a `check`; rejects with the signal's reason. */
  until(done: () => boolean, signal: AbortSignal): Promise<void>;
  /** Tests each wait's `done` and resolves those for which it holds. */
  check(): void;
  /** Whether any `until` is still waiting. */
  readonly isAwaited: boolean;
  /** Rejects all who wait with the reason. */
  close(reason: unknown): void;
}

/** A reaper for the members' jobs. */
export function createReaper(
  members: readonly Member[],
  ctx: () => CallContext,
  inspect: (job: PoolJob, ctx: CallContext) => Promise<unknown>,
): Reaper {
  const polled = new Set<Attempt>();
  const waits = new Set<{ done: () => boolean; settle: (error?: { reason: unknown }) => void }>();
  return {
    poll() {
      const call = ctx();
      const before = monotonic(call.clock) - ABANDONED_MS;
      for (const [attempt, job] of members.flatMap(({ attempts }) => [...attempts])) {
        if (attempt.acceptedAt === undefined || job.askedAt > before || polled.has(attempt))
          continue;
        polled.add(attempt);
        inspect(job, call)
          .catch(() => {})
          .finally(() => polled.delete(attempt));
      }
    },
    until: (done, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const onAbort = () => wait.settle({ reason: signal.reason });
        const wait = {
          done,
          settle(error?: { reason: unknown }) {
            waits.delete(wait);
            signal.removeEventListener('abort', onAbort);
            if (error) reject(error.reason);
            else resolve();
          },
        };
        signal.addEventListener('abort', onAbort, { once: true });
        waits.add(wait);
      }),
    check() {
      for (const wait of [...waits]) if (wait.done()) wait.settle();
    },
    get isAwaited() {
      return waits.size > 0;
    },
    close(reason) {
      for (const wait of [...waits]) wait.settle({ reason });
    },
  };
}
