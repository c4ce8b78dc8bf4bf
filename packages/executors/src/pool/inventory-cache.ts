import {
  type CallContext,
  ComfygenError,
  type ExecutorV1,
  type Inventory,
  monotonic,
  withinLimit,
} from 'comfygen/plugin';

/** A server with many node packs is slow to list them; one that never answers must not hold the pool up. */
const READ_LIMIT_MS = 120_000;

/** A read that failed is not repeated for so long. */
const RETRY_MS = 30_000;

/** The inventory of one member, as last read. */
export interface InventoryCache {
  /** The inventory; `undefined` until it was read, and for a member that has none. */
  readonly value: Inventory | undefined;
  /** How often a read has succeeded. Conclusions drawn under an older number are out of date. */
  readonly version: number;
  /** Whether the inventory was read, or the member never gives one. */
  readonly known: boolean;
  /** Whether a read is in progress. */
  readonly reading: boolean;
  /** Whether the inventory is old enough to be read again. */
  isStale(now: number): boolean;
  /**
   * Reads the inventory, or joins a read in progress. A failed read leaves the older inventory in place.
   * @throws UNSUPPORTED for a member that lists nothing; HOST_FAULT after two minutes; whatever the member throws
   */
  read(ctx: CallContext): Promise<void>;
}

/** The cache of one member's inventory, empty; what was read is kept for `ttlMs` milliseconds. */
export function createInventoryCache(executor: ExecutorV1, ttlMs: number): InventoryCache {
  const lists = executor.inventory !== undefined;
  let value: Inventory | undefined;
  let version = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const readNow = async (ctx: CallContext) => {
    const late = () =>
      new ComfygenError('HOST_FAULT', `There was no answer for ${READ_LIMIT_MS} ms.`);
    value = await withinLimit(ctx, READ_LIMIT_MS, late, (signal) =>
      executor.inventory!({ ...ctx, signal }),
    );
    version += 1;
    readAt = monotonic(ctx.clock);
  };
  return {
    get value() {
      return value;
    },
    get version() {
      return version;
    },
    get known() {
      return value !== undefined || !lists;
    },
    get reading() {
      return reading !== undefined;
    },
    isStale: (now) => lists && now - readAt >= ttlMs && now - failedAt >= RETRY_MS,
    read(ctx) {
      if (!lists)
        return Promise.reject(
          new ComfygenError('UNSUPPORTED', `${executor.name} lists no inventory.`),
        );
      reading ??= readNow(ctx)
        .catch((error: unknown) => {
          failedAt = monotonic(ctx.clock);
          throw error;
        })
        .finally(() => {
          reading = undefined;
        });
      return reading;
    },
  };
}
