import { type ComfyicuOptions, comfyicu } from '@comfygen/executors/comfyicu';
import { type FakeComfyicuOptions, startFakeComfyicu } from '@comfygen/executors/testing';
import { createTestClock } from 'comfygen/testing';
import { afterEach, expect } from 'vitest';
import { createJobBench } from '../job-bench.ts';

export const KEY = 'planted-icu-key-0123456789';

/** A fake service, an executor on it, and a clock that both go by. */
export async function openComfyicu(given: FakeComfyicuOptions = {}, options: ComfyicuOptions = {}) {
  const clock = createTestClock();
  const fake = await startFakeComfyicu({ clock, apiKey: KEY, ...given });
  const another = (more: ComfyicuOptions = {}) =>
    comfyicu({
      ...{ apiKey: KEY, baseUrl: fake.url, workflowId: fake.workflowId },
      ...options,
      ...more,
    });
  const executor = another();
  open.push({ fake, clock });
  return { clock, fake, executor, another, ...createJobBench(executor, clock) };
}

const open: {
  fake: Awaited<ReturnType<typeof startFakeComfyicu>>;
  clock: ReturnType<typeof createTestClock>;
}[] = [];

afterEach(async () => {
  for (const { fake, clock } of open.splice(0)) {
    await fake.close();
    await clock.settle();
    expect(clock.sleeping, 'a timer was left').toBe(0);
  }
});
