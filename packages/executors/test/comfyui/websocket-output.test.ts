import { createComfyGen, defineFlow } from 'comfygen';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openBench } from './bench.ts';
import { planOf, textToImage } from './graphs.ts';

const sends = { class_type: 'SaveImageWebsocket', inputs: { images: ['decode', 0] } };

async function setUp() {
  const bench = await openBench();
  onTestFinished(() => bench.close());
  return bench;
}

describe('a graph that sends its picture over the socket alone', () => {
  it('is run with a node that saves it, which is said', async () => {
    const { executor, clock, fake } = await setUp();
    const flows = [defineFlow({ id: 'sends', workflow: { ...textToImage(), save: sends } })];
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
    const refused = submit(planOf({ ...textToImage(), save: sends }));
    await expect(refused).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { nodes: ['save'], hint: expect.stringContaining('SaveImage') },
    });
    expect([fake.requests.length, fake.connections]).toEqual([0, 0]);
  });

  it('beside one that saves: the job goes on, and what is not fetched is said', async () => {
    const { submit, end } = await setUp();
    const graph = { ...textToImage(), more: sends };
    const { state, outputs, warnings } = await end(await submit(planOf(graph, ['save', 'more'])));
    expect([state, outputs.map(({ nodeId }) => nodeId)]).toEqual(['succeeded', ['save']]);
    expect(warnings).toMatchObject([{ code: 'websocket-left-out', details: { nodes: ['more'] } }]);
  });
});
