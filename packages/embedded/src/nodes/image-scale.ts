import { finishWork, type Work } from 'comfygen/plugin';
import { cropCentre } from '../image/crop.ts';
import { type Grid, mapNumbers, resizeGrid } from '../image/resize.ts';
import type { ResizeMethod } from '../image/resize-weights.ts';
import type { ImageBatch, UpscaleModel } from '../model/types.ts';
import { defineNode, type InputSpec, type NodeContext } from '../runtime/node-definition.ts';
import { roundHalfEven } from '../runtime/round.ts';
import { claimImage } from './claim-image.ts';
import { scaleSides } from './scale-sides.ts';

const METHOD: InputSpec = [['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos']];
const SIDE: InputSpec = ['INT', { default: 512, min: 0, max: 16384, step: 1 }];

const imageScale = defineNode<{
  image: ImageBatch;
  upscale_method: ResizeMethod;
  width: number;
  height: number;
  crop: string;
}>({
  classType: 'ImageScale',
  inputs: {
    required: {
      image: ['IMAGE'],
      upscale_method: METHOD,
      width: SIDE,
      height: SIDE,
      crop: [['disabled', 'center']],
    },
  },
  outputs: ['IMAGE'],
  *run({ image, upscale_method, width, height, crop }, context) {
    if (width === 0 && height === 0) return [image];
    const wide = width || Math.max(1, roundHalfEven((image.width * height) / image.height));
    const high = height || Math.max(1, roundHalfEven((image.height * width) / image.width));
    claimImage(context, wide, high, image.count);
    return [yield* resizeImage(image, wide, high, upscale_method, crop === 'center')];
  },
});

const imageScaleBy = defineNode<{
  image: ImageBatch;
  upscale_method: ResizeMethod;
  scale_by: number;
}>({
  classType: 'ImageScaleBy',
  inputs: {
    required: {
      image: ['IMAGE'],
      upscale_method: METHOD,
      scale_by: ['FLOAT', { default: 1, min: 0.01, max: 8, step: 0.01 }],
    },
  },
  outputs: ['IMAGE'],
  *run({ image, upscale_method, scale_by }, context) {
    const [wide, high] = scaleSides(image.width, image.height, scale_by);
    claimImage(context, wide, high, image.count);
    return [yield* resizeImage(image, wide, high, upscale_method, false)];
  },
});

const imageScaleToTotalPixels = defineNode<{
  image: ImageBatch;
  upscale_method: ResizeMethod;
  megapixels: number;
  resolution_steps: number;
}>({
  classType: 'ImageScaleToTotalPixels',
  inputs: {
    required: {
      image: ['IMAGE'],
      upscale_method: METHOD,
      megapixels: ['FLOAT', { default: 1, min: 0.01, max: 16, step: 0.01 }],
      resolution_steps: ['INT', { default: 1, min: 1, max: 256 }],
    },
  },
  outputs: ['IMAGE'],
  *run({ image, upscale_method, megapixels, resolution_steps: step }, context) {
    const factor = Math.sqrt((megapixels * 2 ** 20) / (image.width * image.height));
    const [wide, high] = scaleSides(image.width, image.height, factor / step);
    claimImage(context, wide * step, high * step, image.count);
    return [yield* resizeImage(image, wide * step, high * step, upscale_method, false)];
  },
});

const imageUpscaleWithModel = defineNode<{ upscale_model: UpscaleModel; image: ImageBatch }>({
  classType: 'ImageUpscaleWithModel',
  work: 3,
  inputs: { required: { upscale_model: ['UPSCALE_MODEL'], image: ['IMAGE'] } },
  outputs: ['IMAGE'],
  *run({ upscale_model, image }, context: NodeContext) {
    const { scale } = upscale_model;
    claimImage(context, image.width * scale, image.height * scale, image.count);
    const large = yield* finishWork(upscale_model.upscale(image));
    const data = yield* mapNumbers(large.data, (value) => Math.min(Math.max(value, 0), 1));
    return [{ ...large, data }];
  },
});

/** The pictures at a new size; with `centre` what the new shape does not hold is cut off first. */
export function* resizeImage(
  image: ImageBatch,
  width: number,
  height: number,
  method: ResizeMethod,
  centre: boolean,
): Work<ImageBatch> {
  const grid: Grid = {
    outer: image.count,
    height: image.height,
    width: image.width,
    inner: 3,
    data: image.data,
  };
  const { data } = yield* resizeGrid(
    centre ? cropCentre(grid, width, height) : grid,
    width,
    height,
    method,
  );
  return { count: image.count, height, width, data };
}

/** Nodes that change the size of pictures. */
export const imageScaleNodes = [
  imageScale,
  imageScaleBy,
  imageScaleToTotalPixels,
  imageUpscaleWithModel,
];
