import { createBreaker } from './breaker.ts';
import type { MemberSettings, Settings } from './options.ts';
import { readRefusal, reasonOf } from './refusal.ts';
import { createRunTimes } from './run-times.ts';
import { createStock } from './stock.ts';
import type { Member } from './types.ts';

/** A member that has done nothing yet. */
export function createMember(
  name: string,
  place: number,
  { executor, parallel, concurrency = parallel + 1 }: MemberSettings,
  settings: Settings,
): Member {
  return {
    name,
    executor,
    place,
    parallel,
    concurrency,
    breaker: createBreaker(settings),
    stock: createStock(executor, settings.inventoryTtlMs),
    times: createRunTimes(),
    flights: new Set(),
    loaded: [],
    foreign: 0,
    restUntil: 0,
    removed: false,
    probing: false,
    answeredAt: 0,
    endedAt: 0,
    counts: { accepted: 0, succeeded: 0, failed: 0, lost: 0 },
  };
}

/** Whether it takes jobs at all now. */
export function isUsable({ removed, breaker, restUntil, stock }: Member, now: number): boolean {
  return !removed && breaker.state !== 'open' && restUntil <= now && stock.known;
}

/** Leaves a member alone whose inventory could not be read: what it told a while ago most likely still holds. */
export function leaveUnread({ breaker, stock }: Member, error: unknown, now: number): void {
  if (!stock.known || readRefusal(error) === 'down') breaker.trip(reasonOf(error), now);
}

/** How many more jobs it takes now. */
export function freeSlots({ breaker, concurrency, flights }: Member): number {
  return Math.max(0, (breaker.state === 'half-open' ? 1 : concurrency) - flights.size);
}
