import { describe, expect, it } from 'vitest';
import { openComfyApi } from './bench.ts';

describe('comfy-api: watching', () => {
  it('6: states only go forward, the final one comes once and last', async () => {
    const timeline = () => ({ queueMs: 1_000, nodeMs: 500, stepMs: 200, previews: true });
    const { clock, ctx, submit, executor } = await openComfyApi({ timeline });
    const ref = await submit();
    const events = await clock.run(collect(executor.watch!(ref, ctx)));
    const states = events.flatMap((event) => (event.type === 'state' ? [event.state] : []));
    expect(states).toEqual(['queued', 'running', 'succeeded']);
    expect(events.at(-1)).toEqual({ type: 'state', state: 'succeeded' });
    const kinds = new Set(events.map(({ type }) => type));
    expect(kinds).toEqual(new Set(['state', 'progress', 'preview', 'output']));
    const preview = events.find((event) => event.type === 'preview');
    expect(preview).toMatchObject({ mediaType: 'image/png', nodeId: 'sampler' });
    expect(clock.sleeping).toBe(0);
  });
});

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}
