import { comfyui } from '@comfygen/executors/comfyui';
import { pool } from '@comfygen/executors/pool';
import { type FakeComfyui, startFakeComfyui } from '@comfygen/executors/testing';
import { createComfyGen, defineFlow, memoryJobStore } from 'comfygen';
import { createTestClock, createTestGraph } from 'comfygen/testing';
import { expect, it } from 'vitest';

const JOBS = 120;
const STEPS = 4;
const STEP_MS = 1_000;
const RUN_MS = STEPS * STEP_MS;
const SLOWER = 5;

/** The least time in which the servers could have done the jobs, each one whole, the dead one until it died. */
function idealMs(diedMs: number): number {
  for (let ms = RUN_MS; ; ms += 100) {
    const fast = 2 * Math.floor(ms / RUN_MS) + Math.floor(Math.min(ms, diedMs) / RUN_MS);
    if (fast + Math.floor(ms / (SLOWER * RUN_MS)) >= JOBS) return ms;
  }
}

/** Runs of the graph that a server finished. */
const finished = ({ state }: FakeComfyui) => state.history.size;

it('four servers, one five times slower, one dies half-way: nothing lost or doubled, within 1.1 of the ideal', {
  tags: ['campaign'],
}, async () => {
  const clock = createTestClock();
  const fakes = await Promise.all(
    [1, 1, 1, SLOWER].map((times) =>
      startFakeComfyui({ clock, timeline: () => ({ stepMs: times * STEP_MS }) }),
    ),
  );
  const executor = pool({ executors: fakes.map(({ url }) => comfyui({ url })) });
  const jobs = memoryJobStore();
  const comfygen = createComfyGen({
    flows: [defineFlow({ id: 'flow', workflow: createTestGraph({ sampler: { steps: STEPS } }) })],
    executor,
    clock,
    jobs,
    concurrency: JOBS,
    maxRetries: 0,
  });
  const began = clock.now();
  let done = 0;
  let died = 0;
  let deadDid = 0;
  const [dying] = fakes;
  const runs = Array.from({ length: JOBS }, async (_, seed) => {
    const result = await comfygen.generate('a red apple', { seed });
    done += 1;
    if (done === JOBS / 2) {
      // Between two steps, when no request is on its way: a submit that is cut off must not be repeated.
      await clock.sleep(STEP_MS / 2);
      died = clock.now() - began;
      deadDid = finished(dying!);
      await dying!.kill();
    }
    return result;
  });
  const results = await clock.run(Promise.all(runs), 24 * 3_600_000);
  const makespan = clock.now() - began;

  const pictures = results.flatMap(({ images }) => images.map(({ hash }) => hash));
  expect(pictures.length, 'lost').toBe(JOBS);
  expect(new Set(pictures).size, 'doubled').toBe(JOBS);
  const did = fakes.map((fake, place) => (place === 0 ? deadDid : finished(fake)));
  const { rerun, members } = executor.status();
  const ratio = makespan / idealMs(died);
  console.info('P6:', { makespan, ideal: idealMs(died), ratio, died, did, rerun });
  // Each was finished on one server; only those that the dead one had begun were begun again.
  expect(did.reduce((sum, jobs) => sum + jobs, 0)).toBe(JOBS);
  expect(members[0]).toMatchObject({ lost: rerun, breaker: 'open' });
  expect(rerun).toBeGreaterThan(0);
  const said = results.flatMap(({ warnings }) =>
    warnings.filter(({ code }) => code === 'job-rerun'),
  );
  expect(said.length).toBe(rerun);
  // What is kept leads another process to the pictures, those of moved jobs too.
  let onTheDead = 0;
  for await (const { ref, state } of jobs.list()) {
    expect(state).toBe('succeeded');
    const { member } = ref.data ?? {};
    if (member === 'comfyui-1') {
      onTheDead += 1;
      continue;
    }
    const fake = fakes[Number(String(member).slice(-1)) - 1]!;
    expect(fake.state.history.has(String(ref.data?.['id'] ?? ref.id))).toBe(true);
  }
  expect(onTheDead).toBe(deadDid);
  expect(ratio).toBeLessThanOrEqual(1.1);

  await comfygen.dispose();
  await executor.dispose?.();
  await clock.settle();
  expect(clock.sleeping, 'a timer was left').toBe(0);
  for (const fake of fakes) await fake.close();
});
