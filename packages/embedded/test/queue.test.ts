import { readPngText } from 'comfygen/node';
import { createCallContext } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { toPythonJson } from '../src/image/python-json.ts';
import { defineNode } from '../src/nodes/index.ts';
import { textToImage } from './support/graphs.ts';
import { createExecutor, createPlan, runToEnd, submit, watchToEnd } from './support/run-plan.ts';

const ctx = createCallContext();
const gateGraph = { gate: { class_type: 'Gate', inputs: {} } };

/** Jobs of `gateGraph` wait in their only node until it is opened, or their job is canceled. */
function createGate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const node = defineNode<object>({
    classType: 'Gate',
    outputNode: true,
    inputs: { required: {} },
    outputs: [],
    async run(_, { signal }) {
      const aborted = new Promise<void>((done) => signal.addEventListener('abort', () => done()));
      await Promise.race([promise, aborted]);
      signal.throwIfAborted();
      return [];
    },
  });
  return { node, open: resolve };
}

describe('the queue', () => {
  it('runs one job after the other, and says how many are ahead', async () => {
    const { node, open } = createGate();
    const executor = createExecutor({ nodes: [node] });
    const refs = [
      await submit(executor, gateGraph),
      await submit(executor, gateGraph),
      await submit(executor, gateGraph),
    ];
    const look = () => Promise.all(refs.map((ref) => executor.inspect(ref, ctx)));
    const before = await look();
    expect(before.map(({ state }) => state)).toEqual(['running', 'queued', 'queued']);
    expect(before.map(({ queuePosition }) => queuePosition)).toEqual([undefined, 1, 2]);
    open();
    await Promise.all(refs.map((ref) => watchToEnd(executor, ref)));
    expect((await look()).map(({ state }) => state)).toEqual(Array(3).fill('succeeded'));
  });

  it('runs as many at once as `concurrency` says', async () => {
    const { node, open } = createGate();
    const executor = createExecutor({ nodes: [node], concurrency: 2 });
    const refs = [
      await submit(executor, gateGraph),
      await submit(executor, gateGraph),
      await submit(executor, gateGraph),
    ];
    const states = await Promise.all(refs.map((ref) => executor.inspect(ref, ctx)));
    expect(states.map(({ state }) => state)).toEqual(['running', 'running', 'queued']);
    expect(states[2]?.queuePosition).toBe(2);
    open();
    await Promise.all(refs.map((ref) => watchToEnd(executor, ref)));
  });

  it('gives two jobs that take turns the pictures that they have alone', async () => {
    const graphs = [textToImage({ sampler: { seed: 1 } }), textToImage({ sampler: { seed: 2 } })];
    const alone = await Promise.all(graphs.map((graph) => runToEnd(createExecutor(), graph)));
    const executor = createExecutor({ concurrency: 2 });
    const together = await Promise.all(graphs.map((graph) => runToEnd(executor, graph)));
    const pictures = (runs: typeof alone) => runs.map(({ files }) => files[0]?.bytes);
    expect(pictures(together)).toEqual(pictures(alone));
    expect(pictures(alone)[0]).not.toEqual(pictures(alone)[1]);
  });

  it('takes a plan that comes twice once', async () => {
    const executor = createExecutor({ cacheBytes: 0 });
    const plan = createPlan(textToImage());
    const [first, second] = await Promise.all([submit(executor, plan), submit(executor, plan)]);
    expect(second).toEqual(first);
    const events = await watchToEnd(executor, first);
    expect(events.filter(({ type }) => type === 'output')).toHaveLength(1);
  });

  it('runs a plan as it was when it came', async () => {
    const { node, open } = createGate();
    const executor = createExecutor({ nodes: [node] });
    await submit(executor, gateGraph);
    const workflow = textToImage();
    const ref = await submit(executor, workflow);
    workflow['save']!.inputs['filename_prefix'] = 'changed';
    open();
    await watchToEnd(executor, ref);
    const { outputs } = await executor.inspect(ref, ctx);
    const { bytes } = await executor.download(outputs[0]!, ref, ctx);
    expect(readPngText(bytes).get('prompt')).toBe(toPythonJson(textToImage()));
  });

  it('forgets the oldest of many ended jobs', async () => {
    const executor = createExecutor();
    const first = await runToEnd(executor, textToImage());
    for (let i = 0; i < 64; i++) await runToEnd(executor, textToImage());
    const [output] = first.snapshot.outputs;
    await expect(executor.download(output!, first.ref, ctx)).rejects.toMatchObject({
      code: 'OUTPUT_EXPIRED',
    });
    expect(await executor.inspect(first.ref, ctx)).toMatchObject({
      state: 'failed',
      failure: { code: 'JOB_LOST' },
    });
  });
});

describe('dispose', () => {
  it('ends jobs that run and wait, and takes no more', async () => {
    const { node } = createGate();
    const executor = createExecutor({ nodes: [node] });
    const refs = [await submit(executor, gateGraph), await submit(executor, gateGraph)];
    const watching = Promise.all(refs.map((ref) => watchToEnd(executor, ref)));
    await executor.dispose!();
    for (const events of await watching) {
      expect(events.at(-1)).toEqual({ type: 'state', state: 'canceled' });
    }
    await expect(submit(executor, gateGraph)).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
