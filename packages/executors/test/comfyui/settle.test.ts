import type { JobRef } from 'comfygen/plugin';
import { createTestGraph, createTestPlan } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';
import { afterEach, describe, expect, it } from 'vitest';
import type { FakeComfyuiOptions } from '../../src/testing/index.ts';
import { type Bench, openBench } from './bench.ts';

const open: Bench[] = [];
const setUp = async (given: FakeComfyuiOptions = {}) => {
  const bench = await openBench({ timeline: () => ({ stepMs: 100 }), ...given });
  open.push(bench);
  return bench;
};
afterEach(async () => {
  for (const bench of open.splice(0)) {
    await bench.close();
    expect(bench.clock.sleeping, 'a timer was left').toBe(0);
  }
});

const LOOKS = ['GET /api/history/:id', 'GET /api/jobs/:id', 'GET /api/queue'];
const looks = ({ fake }: Bench) => LOOKS.reduce((sum, route) => sum + fake.count(route), 0);

/** The end as the socket's executor tells it, and as one does that has only the history to go by. */
async function bothEnds(bench: Bench, ref: JobRef) {
  const told = await bench.end(ref);
  const looked = looks(bench);
  return { told, looked, read: await bench.end(ref, bench.another({ webSocket: false })) };
}

const graphOf = (seed: number, more: Workflow = {}, batch = 1): Workflow => {
  const graph = createTestGraph({ sampler: { seed, steps: 2 } });
  graph['latent']!.inputs['batch_size'] = batch;
  return { ...graph, ...more };
};
const look = { class_type: 'PreviewImage', inputs: { images: ['decode', 0] } };
const again = { class_type: 'SaveImage', inputs: { images: ['decode', 0], filename_prefix: 'b' } };

describe('a job whose socket told all needs no look, and ends as the history has it', () => {
  it.each<[what: string, graph: Workflow, outputNodes: string[]]>([
    ['with two that save', graphOf(1, { again }), ['save', 'again']],
    ['with a batch and a preview of it', graphOf(2, { look }, 3), ['save', 'look']],
    ['with a preview of the finished picture', graphOf(3, { look }), ['look', 'save']],
    ['with its output nodes named in part', graphOf(4, { look }), ['save']],
  ])('%s', async (_, graph, outputNodes) => {
    const bench = await setUp();
    const { told, read, looked } = await bothEnds(
      bench,
      await bench.submit(createTestPlan(graph, { outputNodes })),
    );
    expect(told).toEqual(read);
    expect([told.state, told.timings?.runMs, looked]).toEqual(['succeeded', 200, 0]);
  });

  it('with a preview and nothing saved', async () => {
    const { save: _, ...graph } = graphOf(5, { look });
    const bench = await setUp();
    const plan = createTestPlan(graph, { outputNodes: ['look'] });
    const { told, read, looked } = await bothEnds(bench, await bench.submit(plan));
    expect(told).toEqual(read);
    expect([told.outputs.length, looked]).toEqual([1, 0]);
  });

  it('with its loader from the cache', async () => {
    const bench = await setUp();
    await bench.end(await bench.submit(createTestPlan(graphOf(1))));
    const ref = await bench.submit(createTestPlan(graphOf(2)));
    const { told, read, looked } = await bothEnds(bench, ref);
    expect(told).toEqual(read);
    expect(told.cachedNodes).toContain('loader');
    expect(looked).toBe(0);
  });

  it('beside those of another client', async () => {
    const bench = await setUp();
    const other = bench.another();
    const plans = [1, 2, 3, 4].map((seed) => createTestPlan(graphOf(seed)));
    const refs = await Promise.all(
      plans.map((plan, at) => bench.submit(plan, at % 2 ? other : bench.executor)),
    );
    const told = await Promise.all(
      refs.map((ref, at) => bench.end(ref, at % 2 ? other : bench.executor)),
    );
    expect(bench.fake.count('GET /api/history/:id') + bench.fake.count('GET /api/jobs/:id')).toBe(
      0,
    );
    const third = bench.another({ webSocket: false });
    for (const [at, ref] of refs.entries()) expect(told[at]).toEqual(await bench.end(ref, third));
    expect(new Set(told.map(({ outputs }) => outputs[0]!.fileName)).size).toBe(4);
  });

  it('faster than its submit is answered', async () => {
    const bench = await setUp({ timeline: () => ({}) });
    const { told, read, looked } = await bothEnds(bench, await bench.submit());
    expect(told).toEqual(read);
    expect(looked).toBe(0);
  });
});

describe('the history is read all the same', () => {
  it('where outputs came from the cache', async () => {
    const bench = await setUp();
    await bench.end(await bench.submit(createTestPlan(graphOf(1))));
    const { told, read, looked } = await bothEnds(
      bench,
      await bench.submit(createTestPlan(graphOf(1))),
    );
    expect(told).toEqual(read);
    expect([told.state, told.cachedNodes?.length, looked]).toEqual(['succeeded', 7, 1]);
  });

  it('where the job failed', async () => {
    const bench = await setUp({ timeline: () => ({ fails: { node: 'decode' } }) });
    const { told, read, looked } = await bothEnds(bench, await bench.submit());
    expect(told).toEqual(read);
    expect([told.failure?.nodeId, looked]).toEqual(['decode', 1]);
  });

  it('where it made no file', async () => {
    const bench = await setUp({ timeline: () => ({ shows: () => ({ animated: [true] }) }) });
    const { told, read, looked } = await bothEnds(bench, await bench.submit());
    expect(told).toEqual(read);
    expect([told.failure?.code, looked]).toEqual(['OUTPUT_MISSING', 1]);
  });

  it('where the socket was another one for a part of it', async () => {
    const bench = await setUp({ timeline: () => ({ stepMs: 1_000 }) });
    const ref = await bench.submit();
    await bench.clock.advance(1_500);
    bench.fake.drop();
    await bench.clock.advance(1_000);
    const { told, read, looked } = await bothEnds(bench, ref);
    expect(told).toEqual(read);
    expect(looked).toBeGreaterThan(0);
  });

  it('where an older server may keep files of a cached node that it did not tell', async () => {
    const bench = await setUp({ version: '0.3.64' });
    await bench.end(await bench.submit(createTestPlan(graphOf(1))));
    expect(looks(bench)).toBe(0);
    const { history } = bench.fake.state;
    const write = Map.prototype.set.bind(history);
    const shown = { images: [{ filename: 'hint.png', subfolder: '', type: 'output' }] };
    history.set = (id, entry) => {
      write(id, { ...entry, outputs: { ...entry.outputs, loader: shown } });
      return history;
    };
    const { told, looked } = await bothEnds(bench, await bench.submit(createTestPlan(graphOf(2))));
    expect(told.outputs.map(({ nodeId }) => nodeId)).toEqual(['save', 'loader']);
    expect(looked).toBe(1);
  });
});
