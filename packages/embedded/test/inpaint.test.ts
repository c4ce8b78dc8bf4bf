import { createCallContext, type JobRef, type Workflow } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { encodeRgbPng } from '../src/nodes/index.ts';
import { textToImage } from './support/graphs.ts';
import { meanColour, pixelsOf } from './support/png.ts';
import { createExecutor, runToEnd, submit, watchToEnd } from './support/run-plan.ts';
import { createTwoColourLibrary } from './support/two-colour-library.ts';

const ctx = createCallContext();
const SIDE = 64;
const picture = (colour: (x: number) => readonly number[]) =>
  encodeRgbPng(
    SIDE,
    SIDE,
    Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
      return colour(Math.floor(i / 3) % SIDE)[i % 3] as number;
    }),
  );
const BLUE = picture(() => [0, 0, 255]);
/** White where x is 32 or more. */
const RIGHT = picture((x) => (x < SIDE / 2 ? [0, 0, 0] : [255, 255, 255]));

/** The usual graph, from a picture and a mask, in ComfyUI's ways to say what is painted anew. */
const WAYS: { [name: string]: Workflow } = {
  SetLatentNoiseMask: {
    encode: { class_type: 'VAEEncode', inputs: { pixels: ['load', 0], vae: ['loader', 2] } },
    start: {
      class_type: 'SetLatentNoiseMask',
      inputs: { samples: ['encode', 0], mask: ['mask', 0] },
    },
  },
  VAEEncodeForInpaint: {
    start: {
      class_type: 'VAEEncodeForInpaint',
      inputs: { pixels: ['load', 0], vae: ['loader', 2], mask: ['mask', 0], grow_mask_by: 0 },
    },
  },
  InpaintModelConditioning: {
    inpaint: {
      class_type: 'InpaintModelConditioning',
      inputs: {
        ...{ positive: ['positive', 0], negative: ['negative', 0], vae: ['loader', 2] },
        ...{ pixels: ['load', 0], mask: ['mask', 0], noise_mask: true },
      },
    },
  },
};

function inpaint(way: string, channel = 'red'): Workflow {
  const start = way === 'InpaintModelConditioning' ? ['inpaint', 2] : ['start', 0];
  const sampler = { latent_image: start as [string, number], seed: 5, steps: 6 };
  const { latent: _, ...graph } = textToImage({ sampler });
  return {
    ...graph,
    load: { class_type: 'LoadImage', inputs: { image: 'blue.png' } },
    mask: { class_type: 'LoadImageMask', inputs: { image: 'right.png', channel } },
    ...WAYS[way],
  };
}

async function createPainter(options: Parameters<typeof createExecutor>[0] = {}) {
  const executor = createExecutor(options);
  const mediaType = 'image/png';
  await executor.upload!({ name: 'blue.png', bytes: BLUE, mediaType }, ctx);
  await executor.upload!({ name: 'right.png', bytes: RIGHT, mediaType }, ctx);
  return executor;
}

const half = (pixels: readonly number[], right: boolean) =>
  meanColour(pixels.filter((_, i) => Math.floor(i / 3) % SIDE >= SIDE / 2 === right));

describe.each(Object.keys(WAYS))('a picture that is painted anew by %s', (way) => {
  it('changes within the mask, and nowhere else', async () => {
    const finished = await runToEnd(await createPainter(), inpaint(way));
    expect(finished.snapshot.failure).toBeUndefined();
    const [pixels = []] = pixelsOf(finished);
    expect(half(pixels, false)).toEqual([0, 0, 255]);
    const [red = 0, , blue = 0] = half(pixels, true);
    expect(red).toBeGreaterThan(200);
    expect(blue).toBeLessThan(60);
  });
});

describe('a mask', () => {
  it('of a picture without transparency lets nothing change, as its alpha', async () => {
    const graph = inpaint('SetLatentNoiseMask', 'alpha');
    const [pixels = []] = pixelsOf(await runToEnd(await createPainter(), graph));
    expect(meanColour(pixels)).toEqual([0, 0, 255]);
  });

  it('stays with what was sampled for a second pass', async () => {
    const graph = inpaint('SetLatentNoiseMask');
    const { class_type, inputs } = graph['sampler']!;
    graph['again'] = {
      class_type,
      inputs: { ...inputs, latent_image: ['sampler', 0], denoise: 0.5 },
    };
    graph['decode']!.inputs['samples'] = ['again', 0];
    const [pixels = []] = pixelsOf(await runToEnd(await createPainter(), graph));
    expect(half(pixels, false)).toEqual([0, 0, 255]);
    expect(half(pixels, true)[0]).toBeGreaterThan(200);
  });

  it('is part of what a result is kept for', async () => {
    const executor = await createPainter();
    const graph = inpaint('SetLatentNoiseMask');
    const first = pixelsOf(await runToEnd(executor, graph));
    expect(pixelsOf(await runToEnd(executor, graph))).toEqual(first);
    graph['mask']!.inputs['channel'] = 'alpha';
    expect(pixelsOf(await runToEnd(executor, graph))).not.toEqual(first);
  });
});

describe('masks above a limit', () => {
  const show: Workflow = { show: { class_type: 'MaskPreview', inputs: { mask: ['m', 0] } } };
  it.each<[string, Workflow]>([
    ['made', { m: { class_type: 'SolidMask', inputs: { value: 1, width: 4096, height: 4096 } } }],
    [
      'loaded',
      { m: { class_type: 'LoadImageMask', inputs: { image: 'right.png', channel: 'red' } } },
    ],
    [
      'grown',
      {
        small: { class_type: 'SolidMask', inputs: { value: 1, width: 60, height: 60 } },
        m: {
          class_type: 'GrowMask',
          inputs: { mask: ['small', 0], expand: 1, tapered_corners: true },
        },
      },
    ],
  ])('are refused where they are %s', async (_, graph) => {
    const executor = await createPainter({ maxPixels: 4000 });
    const { snapshot } = await runToEnd(executor, { ...graph, ...show });
    expect(snapshot.failure).toMatchObject({
      code: 'INVALID_WORKFLOW',
      nodeId: 'm',
      message: expect.stringContaining('maxPixels'),
    });
  });
});

it('a masked pass that is canceled in its third step does no fourth', async () => {
  const uses: string[] = [];
  let ref: JobRef | undefined;
  const models = createTwoColourLibrary((use) => {
    uses.push(use);
    if (uses.filter((one) => one === 'denoise').length === 5) void executor.cancel!(ref!, ctx);
  });
  const executor = await createPainter({ models });
  ref = await submit(executor, inpaint('SetLatentNoiseMask'));
  await watchToEnd(executor, ref);
  expect(await executor.inspect(ref, ctx)).toMatchObject({ state: 'canceled', outputs: [] });
  expect(uses.filter((one) => one === 'denoise').length).toBeLessThanOrEqual(6);
});

it('LoadImageOutput reads what was uploaded', async () => {
  const executor = await createPainter();
  const graph: Workflow = {
    load: { class_type: 'LoadImageOutput', inputs: { image: 'blue.png' } },
    show: { class_type: 'PreviewImage', inputs: { images: ['load', 0] } },
  };
  const [pixels = []] = pixelsOf(await runToEnd(executor, graph));
  expect(meanColour(pixels)).toEqual([0, 0, 255]);
});
