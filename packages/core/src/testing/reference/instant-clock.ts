import { createTestClock, type TestClock } from '../clock/test-clock.ts';

/** Time that passes by itself when somebody sleeps, for tests in which nothing travels. */
export function instantClock(): TestClock {
  return createTestClock({ waitsFor: 'turn', movedBy: 'itself' });
}
