import { createTestGraph, createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, setUp, slow } from './set-up.ts';

describe('a server that dies', () => {
  it('and comes back without its jobs: each is lost, none a success', async () => {
    const { fake, clock, submit, end } = await setUp(slow());
    const refs = [
      await submit(),
      await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } }))),
    ];
    await clock.advance(1_000);
    await fake.restart();
    for (const ref of refs) {
      const { state, failure } = await end(ref);
      expect([state, failure?.code, failure?.retryable]).toEqual(['failed', 'JOB_LOST', true]);
    }
    expect(
      (await end(await submit(createTestPlan(createTestGraph({ sampler: { seed: 9 } }))))).state,
    ).toBe('succeeded');
  });

  it('and stays dead: says so, each time', async () => {
    const { fake, clock, submit, executor, call } = await setUp(slow());
    const ref = await submit();
    await clock.advance(1_000);
    await fake.kill();
    await clock.settle();
    expect(await codeOf(clock.run(executor.inspect(ref, call())))).toBe('UNAVAILABLE');
    expect(await codeOf(clock.run(executor.inspect(ref, call())))).toBe('UNAVAILABLE');
  });

  it('and was dead at the start: nothing was accepted', async () => {
    const { fake, submit, clock } = await setUp();
    await fake.kill();
    expect(await codeOf(submit())).toBe('UNAVAILABLE');
    await fake.start();
    await clock.settle();
    await submit();
  });
});

describe('a wedged server', () => {
  it('that never gets to the first node: told within two minutes, for the job behind it too', async () => {
    const { fake, clock, submit, end } = await setUp();
    fake.wedge();
    const refs = [
      await submit(),
      await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } }))),
    ];
    const before = clock.now();
    for (const ref of refs) expect((await end(ref)).failure?.code).toBe('SERVER_WEDGED');
    expect(clock.now() - before).toBeLessThan(120_000);
  });

  /** Gives the server a job of somebody else's. */
  const occupy = async (url: string) => {
    const prompt = createTestGraph({ sampler: { seed: 99 } });
    await fetch(`${url}/api/prompt`, { method: 'POST', body: JSON.stringify({ prompt }) });
  };

  it.each(['0.33.0', '0.3.64'])(
    '%s that died at somebody else’s job: ours are taken back and told',
    async (version) => {
      const { fake, clock, submit, end } = await setUp({ version }, { wedgedAfterMs: 90_000 });
      fake.wedge();
      await occupy(fake.url);
      const ref = await submit();
      const before = clock.now();
      const { failure } = await end(ref);
      expect(failure).toMatchObject({ code: 'SERVER_WEDGED', takenBack: true });
      expect(clock.now() - before).toBeGreaterThanOrEqual(90_000);
      expect(clock.now() - before).toBeLessThan(180_000);
      expect(fake.state.pending).toEqual([]);
    },
  );

  it('is not one whose queue moves on', async () => {
    const timeline = () => ({ nodeMs: 10_000 });
    const { fake, submit, end } = await setUp({ timeline }, { wedgedAfterMs: 90_000 });
    for (let others = 0; others < 3; others += 1) await occupy(fake.url);
    expect((await end(await submit())).state).toBe('succeeded');
  });

  it('is not one that takes its time', async () => {
    const { submit, end } = await setUp({ timeline: () => ({ nodeMs: 500_000 }) });
    expect((await end(await submit())).state).toBe('succeeded');
  });

  it('is one that is silent for longer than was allowed', async () => {
    const bench = await setUp(
      { timeline: () => ({ nodeMs: 500_000 }) },
      { wedgedAfterMs: 100_000 },
    );
    expect((await bench.end(await bench.submit())).failure?.code).toBe('SERVER_WEDGED');
  });
});
