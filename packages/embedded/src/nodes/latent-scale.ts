import type { Work } from 'comfygen/plugin';
import { bislerpGrid } from '../image/bislerp.ts';
import { cropCentre } from '../image/crop.ts';
import { type Grid, resizeGrid } from '../image/resize.ts';
import type { ResizeMethod } from '../image/resize-weights.ts';
import { defineNode, type InputSpec, type NodeContext } from '../runtime/node-definition.ts';
import { roundHalfEven } from '../runtime/round.ts';
import type { Latent } from '../runtime/values.ts';
import { scaleSides } from './scale-sides.ts';

const CELL = 8;
const METHOD: InputSpec = [['nearest-exact', 'bilinear', 'area', 'bicubic', 'bislerp']];
const SIDE: InputSpec = ['INT', { default: 512, min: 0, max: 16384, step: 8 }];

const latentUpscale = defineNode<{
  samples: Latent;
  upscale_method: string;
  width: number;
  height: number;
  crop: string;
}>({
  classType: 'LatentUpscale',
  inputs: {
    required: {
      samples: ['LATENT'],
      upscale_method: METHOD,
      width: SIDE,
      height: SIDE,
      crop: [['disabled', 'center']],
    },
  },
  outputs: ['LATENT'],
  *run({ samples, upscale_method, width, height, crop }, context) {
    if (width === 0 && height === 0) return [samples];
    const [, , high = 1, wide = 1] = samples.samples.shape;
    // One side 0: it follows from the other. Nothing gets smaller than 64 pixels.
    const [w, h] = [Math.max(64, width), Math.max(64, height)];
    const size = [
      width === 0 ? Math.max(64, roundHalfEven((wide * h) / high)) : w,
      height === 0 ? Math.max(64, roundHalfEven((high * w) / wide)) : h,
    ].map((side) => Math.floor(side / CELL));
    return [yield* resizeLatent(samples, upscale_method, size, crop, context)];
  },
});

const latentUpscaleBy = defineNode<{
  samples: Latent;
  upscale_method: string;
  scale_by: number;
}>({
  classType: 'LatentUpscaleBy',
  inputs: {
    required: {
      samples: ['LATENT'],
      upscale_method: METHOD,
      scale_by: ['FLOAT', { default: 1.5, min: 0.01, max: 8, step: 0.01 }],
    },
  },
  outputs: ['LATENT'],
  *run({ samples, upscale_method, scale_by }, context) {
    const [, , high = 1, wide = 1] = samples.samples.shape;
    const size = scaleSides(wide, high, scale_by);
    return [yield* resizeLatent(samples, upscale_method, size, 'disabled', context)];
  },
});

function* resizeLatent(
  { samples, noiseMask }: Latent,
  method: string,
  [width = 1, height = 1]: readonly number[],
  crop: string,
  context: NodeContext,
): Work<Latent> {
  const [count = 0, channels = 0, oldHeight = 0, oldWidth = 0] = samples.shape;
  context.checkPixels(width * CELL, height * CELL, count);
  context.checkBytes(count * channels * height * width * 4);
  const whole: Grid = {
    outer: count * channels,
    height: oldHeight,
    width: oldWidth,
    inner: 1,
    data: samples.data,
  };
  const cut = crop === 'center' ? cropCentre(whole, width, height) : whole;
  const shape = [count, channels, height, width];
  if (method !== 'bislerp') {
    const { data } = yield* resizeGrid(cut, width, height, method as ResizeMethod);
    return { samples: { shape, data }, noiseMask };
  }
  const data = new Float32Array(count * channels * height * width);
  const size = channels * cut.height * cut.width;
  for (let i = 0; i < count; i++) {
    const picture = { ...cut, outer: channels, data: cut.data.subarray(i * size, (i + 1) * size) };
    data.set((yield* bislerpGrid(picture, width, height)).data, i * channels * height * width);
  }
  return { samples: { shape, data }, noiseMask };
}

/** Nodes that change the size of latents. */
export const latentScaleNodes = [latentUpscale, latentUpscaleBy];
