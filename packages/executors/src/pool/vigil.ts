import type { CallContext } from 'comfygen/plugin';
import type { Member, PoolJob } from './types.ts';

/** A job that nobody has asked for in so long is looked after, in milliseconds. */
const UNASKED_MS = 10_000;

/** Keeps an eye on the jobs in flight, so that nobody waits for a place that an abandoned job holds. */
export interface Vigil {
  /** Looks at the jobs that nobody asks for. */
  look(): void;
  /** Resolves once `done` holds; rejects with the signal's reason. */
  until(done: () => boolean, signal: AbortSignal): Promise<void>;
  /** Settles those whose time has come. */
  check(): void;
  /** Whether anybody waits. */
  readonly waited: boolean;
  close(reason: unknown): void;
}

/** A vigil over the members' jobs. */
export function createVigil(
  members: readonly Member[],
  ctx: () => CallContext,
  inspect: (job: PoolJob, ctx: CallContext) => Promise<unknown>,
): Vigil {
  const waits = new Set<{ done: () => boolean; settle: (error?: { reason: unknown }) => void }>();
  return {
    look() {
      const own = ctx();
      const before = own.clock.now() - UNASKED_MS;
      for (const flight of members.flatMap((member) => [...member.flights])) {
        const { job, acceptedAt, looking } = flight;
        if (looking || acceptedAt === undefined || job.askedAt > before) continue;
        flight.looking = true;
        inspect(job, own)
          .catch(() => {})
          .finally(() => {
            flight.looking = false;
          });
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
    get waited() {
      return waits.size > 0;
    },
    close(reason) {
      for (const wait of [...waits]) wait.settle({ reason });
    },
  };
}
