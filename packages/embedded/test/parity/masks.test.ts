import { describe, expect, it } from 'vitest';
import type { ImageBatch } from '../../src/model/types.ts';
import { coreNodes, type Latent, type Mask } from '../../src/nodes/index.ts';
import { buildInputs, runNode } from './build-inputs.ts';
import { maxError } from './max-error.ts';
import { fixture, type LatentNumbers, masks, type Numbers } from './read-fixture.ts';

// Single precision adds up differently in torch.
const CLOSE = 1e-5;

const byNode = [...Map.groupBy(masks.cases, ({ node }) => node)];

describe.each(byNode)('%s, as ComfyUI 0.33.0', (node, cases) => {
  it.each(cases)('$id', async ({ args, outputs }) => {
    const inputs = await buildInputs(args);
    const run = async () => runNode(node, inputs);
    if (outputs === undefined) {
      await expect(run()).rejects.toMatchObject({ code: 'INVALID_WORKFLOW' });
      return;
    }
    const given = await run();
    for (const [i, expected] of outputs.entries()) {
      if (expected === null)
        expect(given[i]).toBe(i === 0 ? inputs['positive'] : inputs['negative']);
      else compare(given[i], expected, kindOf(node, i));
    }
  });
});

function kindOf(node: string, output: number): string | undefined {
  return coreNodes.find(({ classType }) => classType === node)?.outputs[output];
}

function compare(given: unknown, expected: Numbers | LatentNumbers, kind: string | undefined) {
  if (kind === 'LATENT') {
    const { samples, noiseMask } = given as Latent;
    const want = 'samples' in expected ? expected : { samples: expected };
    same([...samples.shape], samples.data, want.samples);
    // What the samplers give was recorded without the mask, which they pass on.
    if (!('samples' in expected)) return;
    if (want.noiseMask === undefined) expect(noiseMask).toBeUndefined();
    else same(shapeOf(noiseMask as Mask), (noiseMask as Mask).data, want.noiseMask);
    return;
  }
  const value = given as Mask | ImageBatch;
  const inner = kind === 'IMAGE' ? [3] : [];
  same([...shapeOf(value), ...inner], value.data, expected as Numbers);
}

const shapeOf = ({ count, height, width }: Mask | ImageBatch) => [count, height, width];

function same(shape: number[], data: Float32Array, expected: Numbers) {
  expect(shape).toEqual(expected.shape);
  expect(maxError(data, expected.data)).toBeLessThanOrEqual(CLOSE);
}

describe.each(fixture.files.load)('LoadImageMask of $name', ({ name, png, image, mask }) => {
  const read = async (channel: string) => {
    const inputFiles = { list: async () => [], read: async () => Buffer.from(png, 'base64') };
    const [value] = await runNode('LoadImageMask', { image: name, channel }, { inputFiles });
    return value as Mask;
  };

  it.each(['red', 'green', 'blue'])('is its %s as LoadImage reads it', async (channel) => {
    const offset = ['red', 'green', 'blue'].indexOf(channel);
    const want = image.data.filter((_, i) => i % 3 === offset);
    const { count, height, width, data } = await read(channel);
    expect([count, height, width]).toEqual(image.shape.slice(0, 3));
    expect(maxError(data, want)).toBeLessThanOrEqual(CLOSE);
  });

  it('is what is clear in it, for alpha', async () => {
    const { count, height, width, data } = await read('alpha');
    expect([count, height, width]).toEqual(mask.shape);
    const want = mask.data === 0 ? new Array<number>(data.length).fill(0) : mask.data;
    expect(maxError(data, want)).toBeLessThanOrEqual(CLOSE);
  });
});
