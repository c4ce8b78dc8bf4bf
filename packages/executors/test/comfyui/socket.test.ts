import { createTestGraph, createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { setUp, slow } from './set-up.ts';

describe('a socket that breaks', () => {
  it.each([1, 2, 3])('%i times: the job is followed to its end', async (times) => {
    const { fake, clock, submit, end, watch } = await setUp(slow());
    const ref = await submit();
    const { events, watching } = await watch(ref);
    for (let drop = 0; drop < times; drop += 1) {
      await clock.advance(1_000);
      fake.drop();
      await clock.advance(2_000);
    }
    expect((await end(ref)).state).toBe('succeeded');
    await watching;
    expect(events.at(-1)).toEqual({ type: 'state', state: 'succeeded' });
    expect(fake.connections).toBe(times + 1);
    expect(fake.count('POST /api/prompt')).toBe(1);
  });

  it('while the job ends: found out by one look', async () => {
    const { fake, clock, submit, end } = await setUp(slow(1_000));
    const ref = await submit();
    await clock.settle();
    fake.refuseSockets(true);
    fake.drop();
    await clock.advance(10_000);
    fake.refuseSockets(false);
    expect((await end(ref)).state).toBe('succeeded');
  });

  it('with many jobs open: one look at the queue serves all', async () => {
    const { fake, clock, submit, end } = await setUp(slow());
    const refs = [];
    for (let seed = 0; seed < 20; seed += 1)
      refs.push(await submit(createTestPlan(createTestGraph({ sampler: { seed, steps: 1 } }))));
    fake.drop();
    await clock.advance(2_000);
    expect(fake.count('GET /api/queue')).toBe(1);
    expect(fake.count('GET /api/history/:id') + fake.count('GET /api/jobs/:id')).toBe(0);
    for (const ref of refs) expect((await end(ref)).state).toBe('succeeded');
    expect(fake.count('GET /api/queue')).toBe(1);
    // The one that ran meanwhile; of the others the new socket tells all.
    expect(fake.count('GET /api/history/:id')).toBe(1);
  });

  it('and goes deaf on its way back: noticed by its silence', async () => {
    const { fake, clock, submit, end } = await setUp(slow(4_000));
    const ref = await submit();
    await clock.settle();
    fake.deafen();
    expect((await end(ref)).state).toBe('succeeded');
    await clock.advance(500);
    expect(fake.connections).toBe(2);
    const next = await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } })));
    expect((await end(next)).state).toBe('succeeded');
  });
});

describe('no socket at all', () => {
  it('polls', async () => {
    const { fake, submit, end } = await setUp(slow());
    fake.refuseSockets(true);
    expect((await end(await submit())).state).toBe('succeeded');
  });

  it('says so, once a job is over', async () => {
    const { fake, submit, end } = await setUp();
    fake.refuseSockets(true);
    const { warnings } = await end(await submit());
    expect(warnings.map(({ code }) => code)).toEqual(['no-socket']);
  });

  it('has no events to wait for, so that a short job is not looked at late', async () => {
    const { fake, clock, submit, watch } = await setUp(slow());
    fake.refuseSockets(true);
    const { events, watching } = await watch(await submit());
    await clock.run(watching, 0);
    expect(events.map(({ type }) => type)).toEqual(['state']);
  });

  it('polls where it is told to', async () => {
    const { fake, submit, end } = await setUp(slow(), { webSocket: false });
    expect((await end(await submit())).state).toBe('succeeded');
    expect(fake.connections).toBe(0);
  });

  it('polls an old server by its history and queue', async () => {
    const { fake, submit, end } = await setUp(
      { ...slow(), version: '0.3.64' },
      { webSocket: false },
    );
    expect((await end(await submit())).state).toBe('succeeded');
    expect(fake.count('GET /api/jobs/:id')).toBe(1);
  });
});
