import { describe, expect, it } from 'vitest';
import { openRunpod } from './bench.ts';
import { testGraph } from './test-plan.ts';

describe('runpod: calls that nobody signs', () => {
  it('43: an echo of the graph tells the nodes', async () => {
    const { ctx, submit, end, executor, fake } = await openRunpod();
    const { id } = await submit();
    const { input } = fake.requests[0]!.json() as { input: unknown };
    const body = JSON.stringify({ id, status: 'COMPLETED', input });
    const { ref } = await executor.parseWebhook!({ headers: {}, body }, ctx);
    expect((await end(ref)).outputs.map(({ nodeId }) => nodeId)).toEqual(['save']);
    expect(Object.keys(testGraph())).toContain('save');
  });
});
