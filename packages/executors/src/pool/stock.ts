import { type CallContext, ComfygenError, type ExecutorV1, type Inventory } from 'comfygen/plugin';
import { within } from './within.ts';

/** A server with many node packs is slow to list them; one that never answers must not hold the pool up. */
const READ_LIMIT_MS = 120_000;

/** A reading that failed is not repeated for so long. */
const RETRY_MS = 30_000;

/** What a member can run, as it last said. */
export interface Stock {
  /** `undefined` until it was read, and for a member that lists nothing. */
  readonly inventory: Inventory | undefined;
  /** Counts the readings: what was concluded from an older one is stale. */
  readonly version: number;
  /** Whether there is something to go by: an inventory, or a member that never gives one. */
  readonly known: boolean;
  readonly reading: boolean;
  /** Whether it is time to read it. */
  stale(now: number): boolean;
  /** Reads it, or joins a reading that is under way. A failure leaves the older one in place. */
  read(ctx: CallContext): Promise<void>;
}

/** The stock of one member, unread. */
export function createStock(executor: ExecutorV1, ttlMs: number): Stock {
  const lists = executor.supports.inventory && executor.inventory !== undefined;
  let inventory: Inventory | undefined;
  let version = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const readNow = async (ctx: CallContext) => {
    const found = await within(READ_LIMIT_MS, ctx, (own) => executor.inventory!(own));
    inventory = found;
    version += 1;
    readAt = ctx.clock.now();
  };
  return {
    get inventory() {
      return inventory;
    },
    get version() {
      return version;
    },
    get known() {
      return inventory !== undefined || !lists;
    },
    get reading() {
      return reading !== undefined;
    },
    stale: (now) => lists && now - readAt >= ttlMs && now - failedAt >= RETRY_MS,
    read(ctx) {
      if (!lists)
        return Promise.reject(
          new ComfygenError('UNSUPPORTED', `${executor.name} lists no inventory.`),
        );
      reading ??= readNow(ctx)
        .catch((error: unknown) => {
          failedAt = ctx.clock.now();
          throw error;
        })
        .finally(() => {
          reading = undefined;
        });
      return reading;
    },
  };
}
