import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/testing/fault.ts';
import { openComfyApi, openRunpod, SERVICES } from './bench.ts';
import { testPlan } from './test-plan.ts';

describe.each(SERVICES)('$name: polling and time', ({ name, open, routes }) => {
  const passing: Fault[] = [
    { kind: 'status', status: 500 },
    { kind: 'reset' },
    { kind: 'truncated' },
    { kind: 'html' },
    { kind: 'rate-limited', hint: 'seconds', ms: 1_000 },
    { kind: 'silence' },
  ];

  it.each(passing)('20: survives %o at a look', async (fault) => {
    const { clock, comfygen, fake, taken } = await open({ nodeMs: 2_000 });
    fake.faults.add(routes.status, fault);
    const { images } = await clock.run(comfygen.generate('a red fox', { seed: 7 }));
    expect([images.length, taken()]).toEqual([1, 1]);
  });

  it('20: beyond the grace it ends, and says that the job may still run', async () => {
    const { comfygen, fake, errorOf, taken } = await open({ nodeMs: 2_000 });
    fake.faults.always(routes.status, { kind: 'status', status: 500 });
    const error = await errorOf(comfygen.generate('a red fox', { seed: 7 }));
    expect(JSON.stringify(error)).toContain('HOST_FAULT');
    expect(taken()).toBe(1);
  });

  it('21: a job that the service does not know is lost, after two looks', async () => {
    const { submit, end, fake } = await open();
    const ref = await submit();
    await end(ref);
    fake.requests.length = 0;
    const { state, failure } = await end({ ...ref, id: crypto.randomUUID() });
    expect([state, failure?.code]).toEqual(['failed', 'JOB_LOST']);
    expect(fake.requests).toHaveLength(2);
  });

  it('22: who gives up keeps a reference that goes on', async () => {
    const { clock, submit, end, executor, ctx } = await open({ nodeMs: 5_000 });
    const ref = await submit();
    const stop = new AbortController();
    const looking = executor.inspect(ref, { ...ctx, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(looking).rejects.toThrow('enough');
    await clock.advance(1_000);
    expect((await end(JSON.parse(JSON.stringify(ref)))).state).toBe('succeeded');
  });

  it('22: a run that is out of time cancels its job once', async () => {
    const { comfygen, fake, errorOf } = await open({ holds: 'KSampler' });
    const error = await errorOf(comfygen.generate('a red fox', { seed: 7, timeoutMs: 30_000 }));
    expect(error.code).toBe('CLIENT_TIMEOUT');
    expect(fake.count(routes.cancel)).toBe(1);
  });

  it('23: an abort while it runs stops at once, with one cancel', async () => {
    const { clock, comfygen, fake } = await open({ holds: 'KSampler' });
    const stop = new AbortController();
    const reason = new Error('enough');
    const run = comfygen.generate('a red fox', { seed: 7, signal: stop.signal });
    await clock.advance(10_000);
    stop.abort(reason);
    await expect(clock.run(run)).rejects.toBe(reason);
    await clock.settle();
    expect(fake.count(routes.cancel)).toBe(1);
    expect(clock.sleeping).toBe(0);
  });

  it('23: an abort during submit, look and download gives its reason, and leaves no timer', async () => {
    const { clock, ctx, submit, end, executor, fake, another } = await open();
    const ref = await submit();
    const { outputs } = await end(ref);
    for (const route of [routes.submit, routes.status, 'GET /api/v2/assets/:id'])
      fake.faults.always(route, { kind: 'silence' });
    const other = another();
    const calls = [
      (signal: AbortSignal) =>
        executor.submit(testPlan(), { ...ctx, signal, onRef: async () => {} }),
      (signal: AbortSignal) => executor.inspect(ref, { ...ctx, signal }),
      (signal: AbortSignal) => other.download(outputs[0]!, ref, { ...ctx, signal }),
    ];
    for (const call of calls) {
      const stop = new AbortController();
      const reason = new Error('enough');
      const called = call(stop.signal);
      await clock.settle();
      stop.abort(reason);
      await expect(called).rejects.toBe(reason);
      await clock.settle();
      expect(clock.sleeping).toBe(0);
    }
  });

  it('24: looks seldom at a long job', async () => {
    const { clock, comfygen, fake } = await open({ queueMs: 600_000 });
    await clock.run(comfygen.generate('a red fox', { seed: 7 }));
    // Every five seconds, or every two beside events.
    expect(fake.count(routes.status)).toBeLessThan(name === 'comfy-api' ? 310 : 130);
  });

  it('25: passes on the clock it is given: no timer is left', async () => {
    const { clock, comfygen } = await open({ queueMs: 60_000, nodeMs: 1_000 });
    await clock.run(comfygen.generate('a red fox', { seed: 7 }));
    expect(clock.sleeping).toBeLessThanOrEqual(1); // the fake's own execution limit
  });
});

describe('21: what is forgotten on time is expired', () => {
  it('comfy-api: past expires_at', async () => {
    const { clock, submit, end, executor, ctx } = await openComfyApi({ retentionMs: 60_000 });
    const ref = await submit();
    await end(ref);
    await clock.advance(60_000);
    expect(await executor.inspect(ref, ctx)).toMatchObject({ state: 'expired', outputs: [] });
  });

  it('runpod: at ttl, even while it runs', async () => {
    const timeline = () => ({ holds: 'KSampler' });
    const { clock, submit, executor, ctx } = await openRunpod({ timeline }, { ttlMs: 20_000 });
    const ref = await submit();
    await clock.advance(19_000);
    expect((await executor.inspect(ref, ctx)).state).toBe('running');
    await clock.advance(1_000);
    expect((await executor.inspect(ref, ctx)).state).toBe('expired');
  });

  it('runpod: half an hour after its end', async () => {
    const { clock, submit, end, executor, ctx, errorOf, another } = await openRunpod();
    const ref = await submit();
    const { outputs } = await end(ref);
    await clock.advance(31 * 60_000);
    expect((await executor.inspect(ref, ctx)).state).toBe('expired');
    const error = await errorOf(another().download(outputs[0]!, ref, ctx));
    expect(error.code).toBe('OUTPUT_EXPIRED');
  });
});
