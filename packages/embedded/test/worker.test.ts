import { execFile } from 'node:child_process';
import { Session } from 'node:inspector/promises';
import { promisify } from 'node:util';
import { createCallContext, type ExecutorV1, type Workflow } from 'comfygen/plugin';
import { afterAll, describe, expect, it } from 'vitest';
import { type EmbeddedOptions, embedded } from '../src/index.ts';
import { defineNode, encodeRgbPng } from '../src/nodes/index.ts';
import { change, textToImage } from './support/graphs.ts';
import { createPlan, type Finished, runToEnd, submit, watchToEnd } from './support/run-plan.ts';
import { createTwoColourLibrary } from './support/two-colour-library.ts';

const ctx = createCallContext();
const there = embedded();
const here = embedded({ worker: false });
afterAll(async () => {
  await Promise.all([there.dispose!(), here.dispose!()]);
});

/** A small picture of the emoji world. */
function frog(inputs: Parameters<typeof textToImage>[0] = {}): Workflow {
  const emoji = {
    loader: { ckpt_name: 'emoji-animals.safetensors' },
    positive: { text: 'a green frog' },
  };
  return change(textToImage(emoji), inputs);
}

function withLora(): Workflow {
  const graph = frog({ sampler: { model: ['lora', 0] }, positive: { clip: ['lora', 1] } });
  graph['lora'] = {
    class_type: 'LoraLoader',
    inputs: {
      ...{ model: ['loader', 0], clip: ['loader', 1] },
      ...{ lora_name: 'neon.safetensors', strength_model: 0.8, strength_clip: 1 },
    },
  };
  return graph;
}

function twoSavers(): Workflow {
  const graph = frog({ latent: { batch_size: 2 } });
  graph['shown'] = { class_type: 'PreviewImage', inputs: { images: ['decode', 0] } };
  return graph;
}

function fromPicture(): Workflow {
  const graph = frog({ sampler: { latent_image: ['encode', 0], denoise: 0.6 } });
  graph['load'] = { class_type: 'LoadImage', inputs: { image: 'in.png' } };
  graph['encode'] = {
    class_type: 'VAEEncode',
    inputs: { pixels: ['load', 0], vae: ['loader', 2] },
  };
  return graph;
}

async function uploadTo(executor: ExecutorV1): Promise<void> {
  const bytes = encodeRgbPng(64, 64, new Uint8Array(64 * 64 * 3).fill(120));
  await executor.upload!({ name: 'in.png', bytes, mediaType: 'image/png' }, ctx);
}

/** All that a host sees of a job, but for times and how many steps a preview was made of. */
function seen({ events, snapshot, files }: Finished) {
  const { timings: _, ...rest } = snapshot;
  return { events: events.filter(({ type }) => type !== 'preview'), rest, files };
}

describe('a job in the worker thread', () => {
  it.each<[string, () => Workflow]>([
    ['a picture', frog],
    ['a LoRA', withLora],
    ['a batch, and two output nodes', twoSavers],
    ['an uploaded picture', fromPicture],
    ['a seed that no number holds', () => frog({ sampler: { seed: 2n ** 64n - 1n } })],
    ['unknown words', () => frog({ positive: { text: 'a frog and a zxqv' } })],
    ['an unused node', () => ({ ...frog(), alone: frog()['latent']! })],
    ['an input file that is not there', () => change(fromPicture(), { load: { image: 'no.png' } })],
  ])('is the same as on the own thread: %s', async (_, graph) => {
    await Promise.all([uploadTo(there), uploadTo(here)]);
    const plan = createPlan(graph());
    const [a, b] = [await runToEnd(there, plan), await runToEnd(here, plan)];
    expect(seen(a)).toEqual(seen(b));
  });

  it('is answered from results that the thread keeps', async () => {
    const first = await runToEnd(there, frog({ sampler: { steps: 3 } }));
    const second = await runToEnd(there, frog({ sampler: { steps: 3 } }));
    expect(second.snapshot.cachedNodes).toContain('sampler');
    expect(second.files).toEqual(first.files);
  });

  it('fails with its code where words are unknown and must not be', async () => {
    const plan = createPlan(frog({ positive: { text: 'a zxqv' } }), { strict: true });
    const { snapshot } = await runToEnd(there, plan);
    expect(snapshot.failure).toMatchObject({ code: 'UNKNOWN_WORDS', nodeId: 'positive' });
  });

  it('shows previews to who watches', async () => {
    const { events } = await runToEnd(there, frog({ sampler: { steps: 40 } }));
    expect(events.filter(({ type }) => type === 'preview').length).toBeGreaterThan(1);
  });

  it('is canceled, and leaves the thread to the next', async () => {
    const ref = await submit(there, frog({ latent: { width: 512 }, sampler: { steps: 1000 } }));
    const events = watchToEnd(there, ref);
    expect(await there.cancel!(ref, ctx)).toMatchObject({ state: 'canceled', outputs: [] });
    expect((await events).slice(-2)).toEqual([
      { type: 'state', state: 'canceling' },
      { type: 'state', state: 'canceled' },
    ]);
    expect((await runToEnd(there, frog())).snapshot.state).toBe('succeeded');
  });

  it('does nothing on the host’s thread but listen', async () => {
    await Promise.all([runToEnd(there, frog()), runToEnd(here, frog())]);
    const drawing = /embedded\/src\/(sampling|world\/(bank|codec|art)|image|runtime\/run-graph)/;
    const ran = async (executor: ExecutorV1) => {
      const files = await filesRun(() => runToEnd(executor, frog({ sampler: { seed: 5 } })));
      return files.filter((file) => drawing.test(file));
    };
    expect(await ran(there)).toEqual([]);
    expect(await ran(here)).not.toEqual([]);
  });
});

describe('dispose', () => {
  it('ends a job and its thread', async () => {
    const executor = embedded();
    const ref = await submit(executor, frog({ latent: { width: 512 }, sampler: { steps: 1000 } }));
    const events = watchToEnd(executor, ref);
    await executor.dispose!();
    expect((await events).at(-1)).toEqual({ type: 'state', state: 'canceled' });
  });
});

describe('the process', () => {
  it('stays while a picture is drawn, and then ends by itself', async () => {
    const program = `
      const [{ createComfyGen }, { createTestFlow }, { embedded }] = await Promise.all(
        ['comfygen', 'comfygen/testing', '@comfygen/embedded'].map((name) => import(name)),
      );
      const workflow = ${JSON.stringify(frog())};
      const flows = [createTestFlow('frog', { workflow })];
      const { images, warnings } = await createComfyGen({ flows, executor: embedded() })
        .generate('a frog', { flow: 'frog', seed: 7 });
      console.log(images.length, warnings.map(({ code }) => code));`;
    const flags = ['--conditions=comfygen-source', '--input-type=module', '--eval', program];
    const cwd = new URL('../../cli/', import.meta.url);
    const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd });
    expect(stdout.trim()).toBe('1 []');
  });
});

describe('with what cannot go to a thread', () => {
  const own: EmbeddedOptions[] = [
    { models: createTwoColourLibrary() },
    {
      nodes: [defineNode({ classType: 'A', inputs: { required: {} }, outputs: [], run: () => [] })],
    },
  ];

  it.each(own)('a thread that is asked for is refused: %o', (options) => {
    const refused = expect.objectContaining({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining('worker'),
    });
    expect(() => embedded({ ...options, worker: true })).toThrow(refused);
    embedded({ ...options, worker: false });
  });
});

/** The files of which a function ran on this thread during `work`, as V8 counts them. */
async function filesRun(work: () => Promise<unknown>): Promise<string[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await session.post('Profiler.takePreciseCoverage');
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    await session.post('Profiler.stopPreciseCoverage');
    const ran = result.filter(({ functions }) =>
      functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)),
    );
    return ran.map(({ url }) => url);
  } finally {
    session.disconnect();
  }
}
