import { describe, expect, it } from 'vitest';
import { openComfyApi, openRunpod, SERVICES } from './bench.ts';

describe.each(SERVICES)('$name: a job that the service does not know', ({ open, routes }) => {
  it('21: is looked for twice, and lost', async () => {
    const { submit, end, fake } = await open();
    const ref = await submit();
    await end(ref);
    fake.requests.length = 0;
    const { state, failure } = await end({ ...ref, id: crypto.randomUUID() });
    expect([state, failure?.code]).toEqual(['failed', 'JOB_LOST']);
    expect(fake.count(routes.status)).toBe(2);
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
