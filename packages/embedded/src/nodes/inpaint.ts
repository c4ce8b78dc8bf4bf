import { ComfygenError, type Work } from 'comfygen/plugin';
import { cropGrid } from '../image/crop.ts';
import { growRounded, HALF } from '../image/grow-mask.ts';
import { mapNumbers, resizeGrid } from '../image/resize.ts';
import type { ImageBatch, Tensor, Vae } from '../model/types.ts';
import { defineNode, type InputSpec, type NodeContext } from '../runtime/node-definition.ts';
import type { Condition, Latent, Mask } from '../runtime/values.ts';
import { claimImage } from './claim-image.ts';
import { claimMask } from './claim-mask.ts';
import { encodePixels } from './vae.ts';

const CELL = 8;
const GREY = 0.5;

const setLatentNoiseMask = defineNode<{ samples: Latent; mask: Mask }>({
  classType: 'SetLatentNoiseMask',
  inputs: { required: { samples: ['LATENT'], mask: ['MASK'] } },
  outputs: ['LATENT'],
  run: ({ samples, mask }) => [{ ...samples, noiseMask: mask }],
});

const vaeEncodeForInpaint = defineNode<{
  pixels: ImageBatch;
  vae: Vae;
  mask: Mask;
  grow_mask_by: number;
}>({
  classType: 'VAEEncodeForInpaint',
  work: 3,
  inputs: {
    required: {
      pixels: ['IMAGE'],
      vae: ['VAE'],
      mask: ['MASK'],
      grow_mask_by: ['INT', { default: 6, min: 0, max: 64, step: 1 }],
    },
  },
  outputs: ['LATENT'],
  *run({ pixels, vae, mask, grow_mask_by }, context) {
    claimImage(context, pixels.width, pixels.height, pixels.count);
    const whole = yield* fitToPicture(mask, pixels, context);
    const samples = yield* encodePixels(yield* blankOut(pixels, whole), vae, context);
    claimMask(context, pixels.width, pixels.height, mask.count * 2);
    const noiseMask = yield* growRounded(cropToCells(whole), Math.max(1, grow_mask_by));
    return [{ samples, noiseMask }];
  },
});

/** Inpainting models are also shown what is kept; those here are not such, so conditions stay as they are. */
const inpaintModelConditioning = defineNode<{
  positive: Condition[];
  negative: Condition[];
  vae: Vae;
  pixels: ImageBatch;
  mask: Mask;
  noise_mask: boolean;
}>({
  classType: 'InpaintModelConditioning',
  work: 3,
  inputs: {
    required: {
      positive: ['CONDITIONING'],
      negative: ['CONDITIONING'],
      vae: ['VAE'],
      pixels: ['IMAGE'],
      mask: ['MASK'],
      noise_mask: ['BOOLEAN', { default: true }],
    },
  },
  outputs: ['CONDITIONING', 'CONDITIONING', 'LATENT'],
  outputNames: ['positive', 'negative', 'latent'],
  *run({ positive, negative, vae, pixels, mask, noise_mask }, context) {
    const samples: Tensor = yield* encodePixels(pixels, vae, context);
    if (!noise_mask) return [positive, negative, { samples }];
    const noiseMask = cropToCells(yield* fitToPicture(mask, pixels, context));
    return [positive, negative, { samples, noiseMask }];
  },
});

/** The mask at a picture's size. */
function* fitToPicture(
  mask: Mask,
  { width, height, count }: ImageBatch,
  context: NodeContext,
): Work<Mask> {
  if (mask.count !== 1 && mask.count !== count) {
    throw new ComfygenError(
      'INVALID_WORKFLOW',
      `${mask.count} masks do not fit ${count} pictures: it must be one, or as many.`,
    );
  }
  if (mask.width === width && mask.height === height) return mask;
  claimMask(context, width, height, mask.count);
  const grid = { ...mask, outer: mask.count, inner: 1 };
  const { data } = yield* resizeGrid(grid, width, height, 'bilinear');
  return { count: mask.count, width, height, data };
}

/** The pictures in grey where they are painted anew. */
function* blankOut(pixels: ImageBatch, { data: mask }: Mask): Work<ImageBatch> {
  const data = yield* mapNumbers(pixels.data, (value, at) =>
    (mask[Math.floor(at / 3) % mask.length] as number) > HALF ? GREY : value,
  );
  return { ...pixels, data };
}

/** What a codec takes of a picture's mask: whole cells, from the middle. */
function cropToCells(mask: Mask): Mask {
  const { count, width, height, data } = mask;
  const [right, bottom] = [width % CELL, height % CELL];
  const cut = cropGrid(
    { outer: count, width, height, inner: 1, data },
    Math.floor(right / 2),
    Math.floor(bottom / 2),
    width - right,
    height - bottom,
  );
  return { count, width: cut.width, height: cut.height, data: cut.data };
}

const EDGE: InputSpec = ['INT', { default: 0, min: 0, max: 16384, step: 8 }];

interface PadInputs {
  image: ImageBatch;
  left: number;
  top: number;
  right: number;
  bottom: number;
  feathering: number;
}

const imagePadForOutpaint = defineNode<PadInputs>({
  classType: 'ImagePadForOutpaint',
  inputs: {
    required: {
      image: ['IMAGE'],
      left: EDGE,
      top: EDGE,
      right: EDGE,
      bottom: EDGE,
      feathering: ['INT', { default: 40, min: 0, max: 16384, step: 1 }],
    },
  },
  outputs: ['IMAGE', 'MASK'],
  *run(inputs, context) {
    const { image, left, top, right, bottom } = inputs;
    const [width, height] = [image.width + left + right, image.height + top + bottom];
    claimImage(context, width, height, image.count);
    context.checkBytes(width * height * (image.count * 12 + 4));
    const data = new Float32Array(image.count * height * width * 3).fill(GREY);
    const mask = new Float32Array(height * width).fill(1);
    const line = image.width * 3;
    for (let row = 0; row < image.count * image.height; row++) {
      const [n, y] = [Math.floor(row / image.height), row % image.height];
      const to = (n * height + top + y) * width + left;
      data.set(image.data.subarray(row * line, (row + 1) * line), to * 3);
      for (let x = 0; n === 0 && x < image.width; x++) mask[to + x] = fadeAt(inputs, x, y);
      yield;
    }
    return [
      { count: image.count, height, width, data },
      { count: 1, height, width, data: mask },
    ];
  },
});

/** How much of the picture is painted anew near the sides where it grows; none where the fade has no room. */
function fadeAt(inputs: PadInputs, x: number, y: number): number {
  const { image, left, top, right, bottom, feathering } = inputs;
  const { width, height } = image;
  if (feathering * 2 >= Math.min(width, height)) return 0;
  const inside = Math.min(
    top !== 0 ? y : height,
    bottom !== 0 ? height - y : height,
    left !== 0 ? x : width,
    right !== 0 ? width - x : width,
  );
  return inside >= feathering ? 0 : ((feathering - inside) / feathering) ** 2;
}

/** Nodes that say which part of a picture is painted anew. */
export const inpaintNodes = [
  setLatentNoiseMask,
  vaeEncodeForInpaint,
  inpaintModelConditioning,
  imagePadForOutpaint,
];
