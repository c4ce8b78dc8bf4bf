import { createTestGraph, createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { setUp, slow } from './set-up.ts';

describe('a job that others end', () => {
  it('interrupted: canceled', async () => {
    const { fake, clock, submit, end } = await setUp(slow());
    const ref = await submit();
    await clock.advance(1_000);
    await fetch(`${fake.url}/api/interrupt`, { method: 'POST' });
    expect((await end(ref)).state).toBe('canceled');
  });

  it('deleted while it waits: canceled, and soon', async () => {
    const { fake, clock, submit, end } = await setUp(slow(60_000));
    const first = await submit();
    const ref = await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } })));
    const body = JSON.stringify({ delete: [ref.id] });
    await fetch(`${fake.url}/api/queue`, { method: 'POST', body });
    const before = clock.now();
    const { state, rawState } = await end(ref);
    expect([state, rawState]).toEqual(['canceled', 'deleted']);
    expect(clock.now() - before).toBeLessThan(10_000);
    expect((await end(first)).state).toBe('succeeded');
  });

  it('gone while the socket was down: lost, since the server may have been started again', async () => {
    const { fake, submit, end } = await setUp(slow(60_000));
    await submit();
    const ref = await submit(createTestPlan(createTestGraph({ sampler: { seed: 8 } })));
    fake.drop();
    const body = JSON.stringify({ delete: [ref.id] });
    await fetch(`${fake.url}/api/queue`, { method: 'POST', body });
    const { state, failure } = await end(ref);
    expect([state, failure?.code]).toEqual(['failed', 'JOB_LOST']);
  });
});

describe('a job that fails by itself', () => {
  it('says which node, of what class, and why', async () => {
    const fails = { node: 'KSampler', type: 'ValueError', message: 'bad\nsecond line' };
    const { submit, end } = await setUp({ timeline: () => ({ fails }) });
    const { state, failure } = await end(await submit());
    expect([state, failure]).toEqual([
      'failed',
      {
        code: 'EXECUTION_FAILED',
        message: 'KSampler (node sampler) failed: ValueError: bad',
        retryable: false,
        nodeId: 'sampler',
        classType: 'KSampler',
      },
    ]);
  });

  it.each([
    ['torch.OutOfMemoryError', 'Allocation on device'],
    [
      'RuntimeError',
      "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4398046511104 bytes. Error code 12 (Cannot allocate memory)",
    ],
  ])('is the host’s fault where memory ran out: %s', async (type, message) => {
    const fails = { node: 'VAEDecode', type, message };
    const { submit, end } = await setUp({ timeline: () => ({ fails }) });
    expect((await end(await submit())).failure).toMatchObject({
      code: 'HOST_FAULT',
      // The same server would not do it better.
      retryable: false,
    });
  });
});
