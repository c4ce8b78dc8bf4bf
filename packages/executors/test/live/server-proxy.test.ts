import { comfyui } from '@comfygen/executors/comfyui';
import { createCallContext, type JobEvent } from 'comfygen/plugin';
import { createTestPlan } from 'comfygen/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FakeComfyui, startFakeComfyui } from '../../src/testing/index.ts';
import { createPacedClock } from './paced-clock.ts';
import { type ServerProxy, startServerProxy } from './server-proxy.ts';

// What stands before a real server must itself be right, so it stands before the fake here.
const key = { name: 'x-api-key', value: 'a-key' };

async function open(): Promise<{ fake: FakeComfyui; proxy: ServerProxy }> {
  const fake = await startFakeComfyui({ timeline: () => ({ nodeMs: 20 }) });
  const proxy = await startServerProxy({ server: fake.url, clock: createPacedClock(5), key });
  onTestFinished(async () => {
    await proxy.close();
    await fake.close();
  });
  return { fake, proxy };
}

/** Follows a job to its end through the proxy. */
async function runJob({ url }: ServerProxy) {
  const clock = createPacedClock(20);
  const executor = comfyui({ url, headers: { [key.name]: key.value } });
  onTestFinished(() => executor.dispose?.());
  const ctx = createCallContext({ clock, signal: AbortSignal.timeout(20_000) });
  const ref = await executor.submit(createTestPlan(), { ...ctx, onRef: async () => {} });
  const events: JobEvent[] = [];
  for await (const event of executor.watch!(ref, ctx)) events.push(event);
  let snapshot = await executor.inspect(ref, ctx);
  // A watch without events may end before its job.
  while (['queued', 'running'].includes(snapshot.state)) {
    await ctx.clock.sleep(20, ctx.signal);
    snapshot = await executor.inspect(ref, ctx);
  }
  return { ref, events, snapshot };
}

describe('the proxy before a real server', () => {
  it('hands on requests and events, and writes them down', async () => {
    const { fake, proxy } = await open();
    const { ref, events, snapshot } = await runJob(proxy);
    expect(snapshot.state).toBe('succeeded');
    expect(events.some(({ type }) => type === 'progress')).toBe(true);
    expect([proxy.accepted, fake.connections]).toEqual([[ref.id], 1]);
    expect(proxy.count('POST /api/prompt')).toBe(1);
    expect(fake.requests.every(({ headers }) => !(key.name in headers))).toBe(true);
  });

  it.each(['refuse', 'deafen', 'drop'] as const)('%ss sockets', async (sockets) => {
    const { fake, proxy } = await open();
    proxy.sockets = sockets;
    const { events, snapshot } = await runJob(proxy);
    expect(snapshot.state).toBe('succeeded');
    expect(fake.connections > 0).toBe(sockets !== 'refuse');
    // The first node may be told before that; of the others nothing is.
    expect(events.filter(({ type }) => type === 'progress').length).toBeLessThan(2);
  });

  it('lets nobody in without the key', async () => {
    const { fake, proxy } = await open();
    expect((await fetch(`${proxy.url}/api/queue`)).status).toBe(401);
    expect(fake.requests).toEqual([]);
  });
});
