import { comfyui } from '@comfygen/executors/comfyui';
import { pool } from '@comfygen/executors/pool';
import { startFakeComfyui } from '@comfygen/executors/testing';
import { ComfygenError, createComfyGen, defineFlow } from 'comfygen';
import { createRandom } from 'comfygen/plugin';
import { createTestClock, createTestGraph, type HttpFault } from 'comfygen/testing';
import { expect, it } from 'vitest';

const JOBS = 150;

it('150 runs of core on three servers over HTTP, under faults, restarts and outages: each settles once', {
  tags: ['campaign'],
}, async () => {
  const random = createRandom(7);
  const clock = createTestClock();
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const fakes = await Promise.all(
    [200, 200, 500].map((stepMs) =>
      startFakeComfyui({ clock, timeline: () => ({ stepMs, nodeMs: 20 }) }),
    ),
  );
  const executor = pool({ executors: fakes.map(({ url }) => comfyui({ url })) });
  const comfygen = createComfyGen({
    flows: [defineFlow({ id: 'flow', workflow: createTestGraph() })],
    executor,
    clock,
    concurrency: 50,
    maxRetries: 0,
  });
  const faults: HttpFault[] = [
    { kind: 'status', status: 500 },
    { kind: 'reset' },
    { kind: 'reset-after' },
    { kind: 'slow', ms: 3_000 },
    { kind: 'truncated' },
    { kind: 'rate-limited', hint: 'seconds', ms: 2_000 },
  ];
  const routes = ['GET /api/history/:id', 'GET /api/queue', 'GET /api/view', 'POST /api/prompt'];
  const over = new AbortController();
  const trouble = (async () => {
    while (!over.signal.aborted) {
      await clock.sleep(500 + random() * 3_000, over.signal);
      const fake = pick(fakes);
      const dice = random();
      if (dice < 0.6) fake.faults.add(pick(routes), pick(faults));
      else if (dice < 0.75) fake.drop();
      else if (dice < 0.85) fake.deafen();
      else if (dice < 0.95) await fake.restart();
      else {
        await fake.kill();
        await clock.sleep(20_000).finally(() => fake.start());
      }
    }
  })().catch(() => {});

  let settled = 0;
  const runs = Array.from({ length: JOBS }, (_, seed) =>
    comfygen
      .generate('a red apple', { seed })
      .then(
        ({ images }) => images.map(({ hash }) => hash),
        (error: unknown) => error,
      )
      .finally(() => {
        settled += 1;
      }),
  );
  const outcomes = await clock.run(Promise.all(runs), 24 * 3_600_000);
  over.abort();
  await clock.run(trouble);

  expect(settled).toBe(JOBS);
  const failed = outcomes.filter((outcome) => !Array.isArray(outcome));
  for (const error of failed) expect(ComfygenError.is(error), String(error)).toBe(true);
  const pictures = outcomes.filter((outcome) => Array.isArray(outcome)).flat();
  // Every run has its own seed: two equal pictures would be one job told twice.
  expect(new Set(pictures).size).toBe(pictures.length);
  const { moved, rerun } = executor.status();
  const codes = failed.map((error) => (error as ComfygenError).code);
  console.info('150 runs:', { pictures: pictures.length, codes, moved, rerun });
  expect(pictures.length).toBeGreaterThan(140);
  expect(rerun).toBeGreaterThan(0);

  await comfygen.dispose();
  await executor.dispose?.();
  await clock.settle();
  expect(clock.sleeping, 'a timer was left').toBe(0);
  for (const fake of fakes) await fake.close();
});
