import { type ReplicateOptions, replicate } from '@comfygen/executors/replicate';
import { type FakeReplicateOptions, startFakeReplicate } from '@comfygen/executors/testing';
import { createTestClock } from 'comfygen/testing';
import { afterEach, expect } from 'vitest';
import { createJobBench } from '../job-bench.ts';

export const TOKEN = 'r8_planted-token-0123456789';

/** A fake service, an executor on it with a pinned version, and a clock that both go by. */
export async function openReplicate(
  given: FakeReplicateOptions = {},
  options: ReplicateOptions = {},
) {
  const clock = createTestClock();
  const fake = await startFakeReplicate({ clock, token: TOKEN, ...given });
  const another = (more: ReplicateOptions = {}) =>
    replicate({ token: TOKEN, baseUrl: fake.url, version: fake.version, ...options, ...more });
  const executor = another();
  open.push({ fake, clock });
  return { clock, fake, executor, another, ...createJobBench(executor, clock) };
}

const open: {
  fake: Awaited<ReturnType<typeof startFakeReplicate>>;
  clock: ReturnType<typeof createTestClock>;
}[] = [];

afterEach(async () => {
  for (const { fake, clock } of open.splice(0)) {
    await fake.close();
    await clock.settle();
    expect(clock.sleeping, 'a timer was left').toBe(0);
  }
});
