import type { JobSnapshot } from 'comfygen/plugin';
import { ComfygenError, createRandom } from 'comfygen/plugin';
import { expect, it } from 'vitest';
import { openSim, planFor } from './bench.ts';
import type { SimFault, SimOptions } from './sim-member.ts';

const JOBS = 10_000;
/** Callers at once: more wait outside. */
const CALLERS = 200;

it('10,000 jobs under random faults: each settles exactly once, and none is made twice', {
  tags: ['campaign'],
}, async () => {
  const random = createRandom(20_261_125);
  const pick = (chances: [number, SimFault][]): SimFault | undefined => {
    let dice = random();
    for (const [chance, fault] of chances) {
      dice -= chance;
      if (dice < 0) return fault;
    }
    return undefined;
  };
  const faulty = (name: string, runMs: number): Omit<SimOptions, 'clock'> => ({
    name,
    runMs,
    loadMs: 2_000,
    checkpoints: ['a.safetensors', 'b.safetensors'],
    fails: () => random() < 0.01,
    onSubmit: () =>
      pick([
        [0.02, { error: 'RATE_LIMITED', retryAfterMs: 2_000 }],
        [0.01, { error: 'QUEUE_FULL' }],
        [0.01, { error: 'UNAVAILABLE' }],
        [0.01, { after: 'accept' }],
        [0.005, { silenceMs: 30_000 }],
        [0.001, { error: 'AUTH' }],
      ]),
    onInspect: () =>
      pick([
        [0.02, { error: 'HOST_FAULT' }],
        [0.01, { error: 'UNAVAILABLE' }],
        [0.005, { silenceMs: 5_000 }],
      ]),
  });
  const sim = openSim(
    [
      faulty('one', 1_000),
      faulty('two', 1_000),
      faulty('three', 1_500),
      faulty('four', 3_000),
      faulty('five', 1_000),
      faulty('six', 5_000),
    ],
    { patienceMs: 120_000 },
  );
  const { clock, members, executor } = sim;

  const over = new AbortController();
  const happened = { restarts: 0, outages: 0, wedges: 0 };
  const trouble = (async () => {
    while (!over.signal.aborted) {
      await clock.sleep(5_000 + random() * 30_000, over.signal);
      const member = members[Math.floor(random() * members.length)]!;
      const dice = random();
      if (dice < 0.6) {
        happened.restarts += 1;
        member.restart();
      } else if (dice < 0.85) {
        happened.outages += 1;
        member.kill();
        await clock.sleep(10_000 + random() * 60_000, over.signal);
        member.start();
      } else {
        happened.wedges += 1;
        member.wedge();
        await clock.sleep(60_000, over.signal);
        member.restart();
      }
    }
  })().catch(() => {});

  const settled = new Map<string, number>();
  const ends = new Map<string, { snapshot?: JobSnapshot; error?: ComfygenError }>();
  let next = 0;
  const caller = async () => {
    while (next < JOBS) {
      next += 1;
      const plan = planFor(random() < 0.5 ? 'a.safetensors' : 'b.safetensors');
      const end = await sim
        .play(plan)
        .catch((error: unknown) => ({ error: error as ComfygenError }));
      settled.set(plan.runId, (settled.get(plan.runId) ?? 0) + 1);
      ends.set(plan.runId, end);
    }
  };
  await sim.run(Promise.all(Array.from({ length: CALLERS }, caller)));
  over.abort();
  await sim.run(trouble);

  const outcomes = new Map<string, number>();
  const count = (what: string) => outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
  const delivered = members.flatMap(({ log }) => log.delivered);
  const accepted = new Map<string, number>();
  for (const { runId } of members.flatMap(({ log }) => log.accepted))
    accepted.set(runId, (accepted.get(runId) ?? 0) + 1);
  let reruns = 0;
  for (const [runId, { snapshot, error }] of ends) {
    if (error) expect(ComfygenError.is(error), String(error)).toBe(true);
    count(error?.code ?? snapshot!.failure?.code ?? snapshot!.state);
    const again = snapshot?.warnings.filter(({ code }) => code === 'job-rerun').length ?? 0;
    reruns += again;
    // Accepted once, and once more for each loss that was told; a submit of unknown outcome may have been accepted.
    const times = accepted.get(runId) ?? 0;
    if (snapshot?.state === 'succeeded') expect(times).toBe(1 + again);
    else expect(times).toBeLessThanOrEqual(1 + again);
  }

  console.info('10,000 jobs:', Object.fromEntries(outcomes), { reruns, ...happened });
  expect(ends.size).toBe(JOBS);
  expect([...settled.values()].every((times) => times === 1)).toBe(true);
  // At the servers: no job's success was told under two ids.
  expect(new Set(delivered).size).toBe(delivered.length);
  expect(delivered.length).toBe(outcomes.get('succeeded'));
  expect(reruns).toBeGreaterThan(50);
  expect(executor.status().rerun).toBeGreaterThanOrEqual(reruns);
  expect(outcomes.get('succeeded')).toBeGreaterThan(9_500);

  await sim.run(executor.drain());
  const { waiting, members: left } = executor.status();
  expect(waiting).toBe(0);
  expect(left.every(({ inFlight }) => inFlight === 0)).toBe(true);
  expect(await sim.close()).toEqual({ sleeping: 0, listening: members.map(() => 0) });
});
