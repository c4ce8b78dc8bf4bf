import { ComfygenError, type Work } from 'comfygen/plugin';
import type { Tensor } from '../model/types.ts';
import { defineNode, type InputSpec } from '../runtime/node-definition.ts';
import type { Latent } from '../runtime/values.ts';

const CELL = 8;
const PLACE: InputSpec = ['INT', { default: 0, min: 0, max: 16384, step: 8 }];

const emptyLatentImage = defineNode<{ width: number; height: number; batch_size: number }>({
  classType: 'EmptyLatentImage',
  inputs: {
    required: {
      width: ['INT', { default: 512, min: 16, max: 16384, step: 8 }],
      height: ['INT', { default: 512, min: 16, max: 16384, step: 8 }],
      batch_size: ['INT', { default: 1, min: 1, max: 4096 }],
    },
  },
  outputs: ['LATENT'],
  run({ width, height, batch_size }, context) {
    context.checkPixels(width, height, batch_size);
    const [wide, high] = [Math.floor(width / CELL), Math.floor(height / CELL)];
    context.checkBytes(batch_size * 4 * high * wide * 4);
    const shape = [batch_size, 4, high, wide];
    return [{ samples: { shape, data: new Float32Array(batch_size * 4 * high * wide) } }];
  },
});

const repeatLatentBatch = defineNode<{ samples: Latent; amount: number }>({
  classType: 'RepeatLatentBatch',
  inputs: {
    required: { samples: ['LATENT'], amount: ['INT', { default: 1, min: 1, max: 64 }] },
  },
  outputs: ['LATENT'],
  run({ samples: { samples, noiseMask }, amount }, context) {
    const [count = 0, ...rest] = samples.shape;
    context.checkPixels((rest[2] ?? 0) * CELL, (rest[1] ?? 0) * CELL, count * amount);
    context.checkBytes(samples.data.byteLength * amount);
    const data = new Float32Array(samples.data.length * amount);
    for (let i = 0; i < amount; i++) data.set(samples.data, i * samples.data.length);
    // The masks are put to use in turn, so they need not be repeated.
    return [{ samples: { shape: [count * amount, ...rest], data }, noiseMask }];
  },
});

const latentComposite = defineNode<{
  samples_to: Latent;
  samples_from: Latent;
  x: number;
  y: number;
  feather: number;
}>({
  classType: 'LatentComposite',
  inputs: {
    required: {
      samples_to: ['LATENT'],
      samples_from: ['LATENT'],
      x: PLACE,
      y: PLACE,
      feather: PLACE,
    },
  },
  outputs: ['LATENT'],
  *run({ samples_to, samples_from, x, y, feather }, context) {
    context.checkBytes(samples_to.samples.data.byteLength);
    const [left = 0, top = 0, ramp = 0] = [x, y, feather].map((side) => Math.floor(side / CELL));
    const { samples: to } = samples_to;
    const samples = yield* compositeLatents(to, samples_from.samples, left, top, ramp);
    return [{ ...samples_to, samples }];
  },
});

function* compositeLatents(
  to: Tensor,
  from: Tensor,
  x: number,
  y: number,
  ramp: number,
): Work<Tensor> {
  const [count = 0, channels = 0, height = 0, width = 0] = to.shape;
  const [fromCount = 0, fromChannels = 0, fromHeight = 0, fromWidth = 0] = from.shape;
  if (channels !== fromChannels || (fromCount !== count && fromCount !== 1)) {
    throw new ComfygenError(
      'INVALID_WORKFLOW',
      `samples_from is [${from.shape}], samples_to [${to.shape}]: channels and batch must be equal.`,
    );
  }
  const data = to.data.slice();
  const across = featherLine(x, fromWidth, width, ramp);
  const down = featherLine(y, fromHeight, height, ramp);
  for (let plane = 0; plane < count * channels; plane++) {
    const source = fromCount === 1 ? plane % channels : plane;
    for (let row = 0; row < down.length; row++) {
      for (let column = 0; column < across.length; column++) {
        const at = (plane * height + y + row) * width + x + column;
        const value = from.data[(source * fromHeight + row) * fromWidth + column] as number;
        const share = (down[row] as number) * (across[column] as number);
        data[at] = value * share + (data[at] as number) * (1 - share);
      }
    }
    yield;
  }
  return { shape: to.shape, data };
}

// How much the pasted latent counts along one side: it fades in where it starts inside the other.
function featherLine(start: number, length: number, whole: number, ramp: number): Float32Array {
  const visible = Math.max(0, Math.min(length, whole - start));
  const line = new Float32Array(visible).fill(1);
  for (let t = 0; t < Math.min(ramp, visible); t++) {
    const share = (t + 1) / ramp;
    if (start !== 0) line[t] = (line[t] as number) * share;
    if (start + length < whole) {
      line[visible - 1 - t] = (line[visible - 1 - t] as number) * share;
    }
  }
  return line;
}

/** Nodes that make and change latents. */
export const latentNodes = [emptyLatentImage, repeatLatentBatch, latentComposite];
