import { createComfyGen, defineFlow } from 'comfygen';
import { createTestGraph, createTestPlan } from 'comfygen/testing';
import { describe, expect, it } from 'vitest';
import { setUp } from './set-up.ts';

const sends = { class_type: 'SaveImageWebsocket', inputs: { images: ['decode', 0] } };

describe('a graph that sends its picture over the socket alone', () => {
  it('is run with a node that saves it, which is said', async () => {
    const { executor, clock, fake } = await setUp();
    const flows = [defineFlow({ id: 'sends', workflow: { ...createTestGraph(), save: sends } })];
    const comfygen = createComfyGen({ flows, executor, clock });
    const { best, plan, warnings } = await clock.run(comfygen.generate('a red apple', { seed: 7 }));
    expect(best.mediaType).toBe('image/png');
    expect(plan.workflow['save']).toMatchObject({
      class_type: 'SaveImage',
      inputs: { images: ['decode', 0], filename_prefix: 'comfygen-sends' },
    });
    expect(warnings.map(({ code }) => code)).toContain('websocket-saved');
    expect(fake.count('POST /api/prompt')).toBe(1);
    await comfygen.dispose();
  });

  it('as a plan of one’s own is refused with what to do, before any request', async () => {
    const { submit, fake } = await setUp();
    const refused = submit(createTestPlan({ ...createTestGraph(), save: sends }));
    await expect(refused).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { nodes: ['save'], hint: expect.stringContaining('SaveImage') },
    });
    expect([fake.requests.length, fake.connections]).toEqual([0, 0]);
  });

  it('beside one that saves: the job goes on, and what is not fetched is said', async () => {
    const { submit, end } = await setUp();
    const graph = { ...createTestGraph(), more: sends };
    const { state, outputs, warnings } = await end(
      await submit(createTestPlan(graph, { outputNodes: ['save', 'more'] })),
    );
    expect([state, outputs.map(({ nodeId }) => nodeId)]).toEqual(['succeeded', ['save']]);
    expect(warnings).toMatchObject([{ code: 'websocket-left-out', details: { nodes: ['more'] } }]);
  });
});
