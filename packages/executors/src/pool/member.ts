import { createBreaker } from './breaker.ts';
import { createInventoryCache } from './inventory-cache.ts';
import type { MemberSettings, Settings } from './options.ts';
import { createRunTimes } from './run-times.ts';
import type { Member } from './types.ts';

/** Makes the record of a member that has done nothing yet. */
export function createMember(
  name: string,
  position: number,
  { executor, parallel, concurrency = parallel + 1 }: MemberSettings,
  settings: Settings,
): Member {
  return {
    name,
    executor,
    position,
    parallel,
    concurrency,
    breaker: createBreaker(settings),
    inventory: createInventoryCache(executor, settings.inventoryTtlMs),
    runTimes: createRunTimes(),
    attempts: new Map(),
    loaded: [],
    foreign: 0,
    restUntil: Number.NEGATIVE_INFINITY,
    removed: false,
    probing: false,
    answeredAt: Number.NEGATIVE_INFINITY,
    endedAt: Number.NEGATIVE_INFINITY,
    counts: { accepted: 0, succeeded: 0, failed: 0, lost: 0 },
  };
}

/** Whether a member takes jobs now, free place or not. */
export function isAvailable(
  { removed, breaker, restUntil, inventory }: Member,
  now: number,
): boolean {
  return !removed && breaker.state !== 'open' && restUntil <= now && inventory.known;
}

/** Whether a member's first inventory is expected shortly. */
export function isStarting({ removed, breaker, inventory }: Member): boolean {
  return !removed && breaker.state !== 'open' && !inventory.known;
}

/** How many more jobs a member takes now. */
export function freePlaces({ breaker, concurrency, attempts }: Member): number {
  return Math.max(0, (breaker.state === 'half-open' ? 1 : concurrency) - attempts.size);
}
