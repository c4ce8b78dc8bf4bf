import { describe, expect, it } from 'vitest';
import { defineFlow } from '../library/define-flow.ts';
import type { Inventory, Workflow } from '../spec/index.ts';
import { memoryRecordStore } from '../stores/memory-stores.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { coreCatalogue } from '../workflow/catalogue.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { GenerateOptions } from './types.ts';

const STACK = {
  input: { optional: { model: ['MODEL'] } },
  output: ['MODEL'],
  python_module: 'custom_nodes.stacks',
};
const stocked = (inventory: Partial<Inventory> = {}): Inventory => ({
  catalogue: { ...coreCatalogue, Stack: STACK },
  models: { checkpoints: ['model.safetensors'], loras: ['ink\\a.safetensors'] },
  source: 'a server',
  ...inventory,
});

/** What a run would send of this graph to a backend with this inventory. */
async function send(workflow: Workflow, call: GenerateOptions = {}, inventory = stocked()) {
  const executor = wrapExecutor(scriptedBackend(['succeed']).create(), () => ({
    inventory: async () => inventory,
  }));
  const flows = [defineFlow({ id: 'one', workflow })];
  const comfygen = createComfyGen({ flows, executor, clock: instantClock() });
  const { plan, warnings } = await comfygen.plan('a red apple', { seed: 1, ...call });
  return { plan, inputs: (id: string) => plan.workflow[id]?.inputs, warnings };
}

/** The usual graph with a node of a pack between the loader and the sampler. */
function stackedGraph(inputs: Workflow[string]['inputs'], output = 0): Workflow {
  return {
    ...createTestGraph({ sampler: { model: ['stack', output] } }),
    stack: { class_type: 'Stack', inputs: { model: ['loader', 0], ...inputs } },
  };
}

describe('what a class of a node pack takes beyond its declaration', () => {
  it('is sent as the flow has it, and said', async () => {
    const extra = { part_1: { on: true, strength: 0.5 }, clip: ['loader', 1] } as const;
    const graph = stackedGraph(structuredClone(extra) as never, 2);
    const { inputs, warnings } = await send(graph);
    expect(inputs('stack')).toEqual(graph['stack']!.inputs);
    expect(inputs('sampler')?.['model']).toEqual(['stack', 2]);
    const said = warnings.find(({ code }) => code === 'not-checked');
    expect(said?.message).toMatch(/sampler\.model.*stack\.part_1, stack\.clip/);
  });

  it('has its files’ names in the server’s own spelling', async () => {
    const { inputs, warnings } = await send(
      stackedGraph({ part_1: { file: 'ink/a.safetensors' } }),
    );
    expect(inputs('stack')?.['part_1']).toEqual({ file: 'ink\\a.safetensors' });
    expect(warnings.map(({ code }) => code)).toContain('name-respelled');
  });
});

describe('the seed', () => {
  const SMALL = {
    ...coreCatalogue['KSampler'],
    input: { required: { seed: ['INT', { min: 0, max: 999 }] } },
    python_module: 'custom_nodes.small',
  };

  it('is within what the sampler takes, drawn or given, and for each of several jobs', async () => {
    const graph = createTestGraph({ latent: {} });
    graph['sampler']!.class_type = 'Small';
    const inventory = stocked({ catalogue: { ...coreCatalogue, Small: SMALL } });
    const given = await send(graph, { seed: 12_345 }, inventory);
    expect(given.inputs('sampler')?.['seed']).toBe(345);
    expect(given.plan.seed).toBe('12345');
    const drawn = await send(graph, { seed: undefined }, inventory);
    expect(drawn.inputs('sampler')?.['seed']).toBe(Number(drawn.plan.seed) % 1000);
  });
});

describe('one image of a batch', () => {
  function setUp(workflow = createTestGraph(), slots = {}) {
    const backend = scriptedBackend(['succeed']);
    const flows = ['one', 'two'].map((id) => defineFlow({ id, workflow, slots }));
    const records = memoryRecordStore();
    const host = { flows, executor: backend.create(), records, clock: instantClock() };
    return { ...backend, comfygen: createComfyGen(host), host };
  }
  const codesOf = ({ warnings }: { warnings: { code: string }[] }) =>
    warnings.map(({ code }) => code);

  it('is made again by seed, index and count', async () => {
    const { comfygen, submitted } = setUp();
    const batch = await comfygen.generate('a fox', { seed: 7, count: 4 });
    const third = batch.images.find(({ batchIndex }) => batchIndex === 2)!;
    expect(batch.record.images.map(({ batchIndex }) => batchIndex)).toEqual([0, 1, 2, 3]);
    const again = await comfygen.generate('a fox', { seed: 7, count: 4, index: 2 });
    expect(again.images.map(({ hash, batchIndex }) => [hash, batchIndex])).toEqual([
      [third.hash, 2],
    ]);
    expect(submitted[1]!.hash).toBe(submitted[0]!.hash);
    expect(codesOf(again)).toEqual([]);
  });

  it('takes the count from the record of the run, and says so', async () => {
    const { comfygen } = setUp();
    const batch = await comfygen.generate('a fox', { seed: 7, count: 4 });
    await comfygen.generate('a hen', { seed: 7, count: 5 });
    await comfygen.generate('a fox', { seed: 8, count: 6 });
    await comfygen.generate('a fox', { seed: 7, count: 7, flow: 'two' });
    const again = await comfygen.generate('a fox', { seed: 7, index: 2, flow: 'one' });
    expect(again.best.hash).toBe(batch.images[2]!.hash);
    expect(codesOf(again)).toEqual(['count-recalled']);
    const second = await comfygen.generate('a fox', { seed: 7, index: 1, flow: 'one' });
    expect(second.best.hash).toBe(batch.images[1]!.hash);
  });

  it('without a record is the last of the smallest batch that has it, which is said', async () => {
    const { comfygen, submitted } = setUp();
    const result = await comfygen.generate('a fox', { seed: 7, index: 2 });
    expect(submitted[0]!.workflow['latent']!.inputs['batch_size']).toBe(3);
    expect(result.images.map(({ batchIndex }) => batchIndex)).toEqual([2]);
    expect(codesOf(result)).toEqual(['count-assumed']);
  });

  it('has a seed of its own where the graph makes no batch', async () => {
    const { comfygen, submitted } = setUp(createTestGraph(), { batchSize: [] });
    const three = await comfygen.generate('a fox', { seed: 7, count: 3 });
    const again = await comfygen.generate('a fox', { seed: 7, index: 2 });
    expect(again.images.map(({ hash, seed }) => [hash, seed])).toEqual([
      [three.images[2]!.hash, '9'],
    ]);
    expect(submitted).toHaveLength(4);
    const byOwnSeed = await comfygen.generate('a fox', { seed: 9, index: 0 });
    expect(byOwnSeed.best.hash).toBe(three.images[2]!.hash);
  });

  it('that the job has not is OUTPUT_MISSING', async () => {
    const { host } = setUp();
    const executor = wrapExecutor(host.executor, (part) => ({
      async inspect(ref, ctx) {
        const snapshot = await part.inspect(ref, ctx);
        return { ...snapshot, outputs: snapshot.outputs.slice(0, 2) };
      },
    }));
    const comfygen = createComfyGen({ ...host, executor });
    await expect(comfygen.generate('a fox', { count: 4, index: 3 })).rejects.toMatchObject({
      code: 'OUTPUT_MISSING',
      message: expect.stringMatching(/has no image 3: its batch ends with image 1\.$/),
    });
  });

  it('is one of the flow’s own batch where no count is given', async () => {
    const { comfygen, submitted } = setUp(createTestGraph({ latent: { batch_size: 4 } }));
    expect((await comfygen.generate('a fox', { seed: 7 })).images).toHaveLength(4);
    await comfygen.generate('a fox', { seed: 7, index: 1 });
    expect(submitted[1]!.hash).toBe(submitted[0]!.hash);
  });

  it('of a film is a film: its batch are frames', async () => {
    const graph = createTestGraph({ latent: { batch_size: 8 } });
    graph['save'] = {
      class_type: 'SaveAnimatedWEBP',
      inputs: { ...graph['save']!.inputs, fps: 6, lossless: true, quality: 80, method: 'default' },
    };
    const { comfygen, submitted } = setUp(graph);
    const films = await comfygen.generate('a fox', { seed: 7, count: 2 });
    expect(films.images).toHaveLength(16);
    expect(submitted.map(({ workflow }) => workflow['latent']!.inputs['batch_size'])).toEqual([
      8, 8,
    ]);
    expect(submitted.map(({ seed }) => seed)).toEqual(['7', '8']);
    expect(codesOf(films)).toContain('count-kept');
  });
});
