import { ComfygenError, type Work } from 'comfygen/plugin';
import { mapNumbers } from '../image/resize.ts';
import { sharpenImage } from '../image/sharpen.ts';
import type { ImageBatch } from '../model/types.ts';
import { defineNode } from '../runtime/node-definition.ts';
import { claimImage } from './claim-image.ts';
import { resizeImage } from './image-scale.ts';

const emptyImage = defineNode<{
  width: number;
  height: number;
  batch_size: number;
  color: number;
}>({
  classType: 'EmptyImage',
  inputs: {
    required: {
      width: ['INT', { default: 512, min: 1, max: 16384, step: 1 }],
      height: ['INT', { default: 512, min: 1, max: 16384, step: 1 }],
      batch_size: ['INT', { default: 1, min: 1, max: 4096 }],
      color: ['INT', { default: 0, min: 0, max: 16777215, step: 1 }],
    },
  },
  outputs: ['IMAGE'],
  *run({ width, height, batch_size, color }, context) {
    claimImage(context, width, height, batch_size);
    const rgb = [color >> 16, (color >> 8) & 255, color & 255].map((byte) => byte / 255);
    const data = new Float32Array(batch_size * height * width * 3);
    for (let i = 0; i < data.length; i++) {
      data[i] = rgb[i % 3] as number;
      if (i % (width * 3) === 0) yield;
    }
    return [{ count: batch_size, height, width, data }];
  },
});

const imageInvert = defineNode<{ image: ImageBatch }>({
  classType: 'ImageInvert',
  inputs: { required: { image: ['IMAGE'] } },
  outputs: ['IMAGE'],
  *run({ image }, context) {
    claimImage(context, image.width, image.height, image.count);
    return [{ ...image, data: yield* mapNumbers(image.data, (value) => 1 - value) }];
  },
});

const imageBatch = defineNode<{ image1: ImageBatch; image2: ImageBatch }>({
  classType: 'ImageBatch',
  inputs: { required: { image1: ['IMAGE'], image2: ['IMAGE'] } },
  outputs: ['IMAGE'],
  *run({ image1, image2 }, context) {
    const { width, height } = image1;
    claimImage(context, width, height, image1.count + image2.count);
    const second = yield* fitSize(image2, image1, 'bilinear');
    const data = new Float32Array(image1.data.length + second.data.length);
    data.set(image1.data);
    data.set(second.data, image1.data.length);
    return [{ count: image1.count + image2.count, height, width, data }];
  },
});

type Blend = (a: number, b: number) => number;

const BLENDS: { [mode: string]: Blend } = {
  normal: (_, b) => b,
  multiply: (a, b) => a * b,
  screen: (a, b) => 1 - (1 - a) * (1 - b),
  overlay: (a, b) => (a <= 0.5 ? 2 * a * b : 1 - 2 * (1 - a) * (1 - b)),
  soft_light: (a, b) =>
    b <= 0.5 ? a - (1 - 2 * b) * a * (1 - a) : a + (2 * b - 1) * (softCurve(a) - a),
  // Not the absolute difference: ComfyUI clips what is negative.
  difference: (a, b) => a - b,
};

function softCurve(a: number): number {
  return a <= 0.25 ? ((16 * a - 12) * a + 4) * a : Math.sqrt(a);
}

const imageBlend = defineNode<{
  image1: ImageBatch;
  image2: ImageBatch;
  blend_factor: number;
  blend_mode: string;
}>({
  classType: 'ImageBlend',
  inputs: {
    required: {
      image1: ['IMAGE'],
      image2: ['IMAGE'],
      blend_factor: ['FLOAT', { default: 0.5, min: 0, max: 1, step: 0.01 }],
      blend_mode: [Object.keys(BLENDS)],
    },
  },
  outputs: ['IMAGE'],
  *run({ image1, image2, blend_factor, blend_mode }, context) {
    const count = commonCount(image1.count, image2.count);
    claimImage(context, image1.width, image1.height, count);
    const second = yield* fitSize(image2, image1, 'bicubic');
    const blend = BLENDS[blend_mode] as Blend;
    const size = image1.height * image1.width * 3;
    const data = new Float32Array(count * size);
    for (let i = 0; i < data.length; i++) {
      const a = image1.data[i % image1.data.length] as number;
      const mixed = blend(a, second.data[i % second.data.length] as number);
      data[i] = Math.min(Math.max(a * (1 - blend_factor) + mixed * blend_factor, 0), 1);
      if (i % (image1.width * 3) === 0) yield;
    }
    return [{ ...image1, count, data }];
  },
});

const imageSharpen = defineNode<{
  image: ImageBatch;
  sharpen_radius: number;
  sigma: number;
  alpha: number;
}>({
  classType: 'ImageSharpen',
  inputs: {
    required: {
      image: ['IMAGE'],
      sharpen_radius: ['INT', { default: 1, min: 1, max: 31, step: 1 }],
      sigma: ['FLOAT', { default: 1, min: 0.1, max: 10, step: 0.01 }],
      alpha: ['FLOAT', { default: 1, min: 0, max: 5, step: 0.01 }],
    },
  },
  outputs: ['IMAGE'],
  *run({ image, sharpen_radius, sigma, alpha }, context) {
    claimImage(context, image.width, image.height, image.count);
    if (sharpen_radius >= Math.min(image.width, image.height)) {
      throw new ComfygenError(
        'INVALID_WORKFLOW',
        `sharpen_radius ${sharpen_radius} needs a picture larger than ${image.width} × ${image.height}.`,
      );
    }
    return [yield* sharpenImage(image, sharpen_radius, sigma, alpha)];
  },
});

function* fitSize(
  image: ImageBatch,
  target: ImageBatch,
  method: 'bilinear' | 'bicubic',
): Work<ImageBatch> {
  if (image.width === target.width && image.height === target.height) return image;
  return yield* resizeImage(image, target.width, target.height, method, true);
}

// One picture meets every picture of the other batch; two different batches don't fit.
function commonCount(a: number, b: number): number {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  throw new ComfygenError('INVALID_WORKFLOW', `Batches of ${a} and ${b} pictures do not fit.`);
}

/** Nodes that make and change pictures. */
export const imageNodes = [emptyImage, imageInvert, imageBatch, imageBlend, imageSharpen];
