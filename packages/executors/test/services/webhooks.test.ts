import { describe, expect, it } from 'vitest';
import { openRunpod } from './bench.ts';
import { testGraph } from './test-plan.ts';

describe('runpod: calls that nobody signs', () => {
  it('43: name a job, and say nothing of it: it is looked at', async () => {
    const { clock, ctx, submit, executor, fake } = await openRunpod({
      timeline: () => ({ holds: 'KSampler' }),
    });
    const { id } = await submit();
    await clock.settle();
    fake.requests.length = 0;
    const lie = { id, status: 'COMPLETED', output: { images: [] } };
    const call = { headers: {}, body: JSON.stringify(lie) };
    const { ref, snapshot } = await executor.parseWebhook!(call, ctx);
    expect([ref.id, ref.executor, snapshot]).toEqual([id, 'runpod', null]);
    expect(fake.requests).toEqual([]);
    expect((await executor.inspect(ref, ctx)).state).toBe('running');
    // A second call, late or out of order, does no harm.
    expect((await executor.parseWebhook!(call, ctx)).ref.id).toBe(id);
  });

  it('43: an echo of the graph tells the nodes', async () => {
    const { ctx, submit, end, executor, fake } = await openRunpod();
    const { id } = await submit();
    const { input } = fake.requests[0]!.json() as { input: unknown };
    const body = JSON.stringify({ id, status: 'COMPLETED', input });
    const { ref } = await executor.parseWebhook!({ headers: {}, body }, ctx);
    expect((await end(ref)).outputs.map(({ nodeId }) => nodeId)).toEqual(['9']);
    expect(Object.keys(testGraph())).toContain('9');
  });

  it.each(['', 'null', '{}', '<html>', '{"id":7}'])('43: "%s" names none', async (body) => {
    const { ctx, executor, errorOf } = await openRunpod();
    const error = await errorOf(executor.parseWebhook!({ headers: {}, body }, ctx));
    expect(error.code).toBe('PROTOCOL');
  });
});
