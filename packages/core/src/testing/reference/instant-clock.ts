import { createTestClock, type TestClock } from '../clock/test-clock.ts';

/** A clock that moves by itself as soon as somebody sleeps, for tests without requests. */
export function instantClock(): TestClock {
  return createTestClock({ waitsFor: 'turn', movedBy: 'itself' });
}
