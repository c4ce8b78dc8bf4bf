import { ComfygenError, type Work } from 'comfygen/plugin';
import { type Grid, resizeGrid } from '../image/resize.ts';
import type { ImageBatch } from '../model/types.ts';
import { defineNode, type InputSpec, type NodeContext } from '../runtime/node-definition.ts';
import type { Latent, Mask } from '../runtime/values.ts';
import { claimImage } from './claim-image.ts';

const CELL = 8;
const place = (step: number): InputSpec => ['INT', { default: 0, min: 0, max: 16384, step }];

interface Placed<Value> {
  destination: Value;
  source: Value;
  x: number;
  y: number;
  resize_source: boolean;
  mask?: Mask;
}

const imageCompositeMasked = defineNode<Placed<ImageBatch>>({
  classType: 'ImageCompositeMasked',
  inputs: {
    required: {
      destination: ['IMAGE'],
      source: ['IMAGE'],
      x: place(1),
      y: place(1),
      resize_source: ['BOOLEAN', { default: false }],
    },
    optional: { mask: ['MASK'] },
  },
  outputs: ['IMAGE'],
  *run(inputs, context) {
    const { destination } = inputs;
    claimImage(context, destination.width, destination.height, destination.count);
    const grid = (image: ImageBatch): Stack => ({ ...image, outer: image.count, inner: 3 });
    const placed = { ...inputs, destination: grid(destination), source: grid(inputs.source) };
    return [{ ...destination, data: yield* paste(placed, context) }];
  },
});

const latentCompositeMasked = defineNode<Placed<Latent>>({
  classType: 'LatentCompositeMasked',
  inputs: {
    required: {
      destination: ['LATENT'],
      source: ['LATENT'],
      x: place(CELL),
      y: place(CELL),
      resize_source: ['BOOLEAN', { default: false }],
    },
    optional: { mask: ['MASK'] },
  },
  outputs: ['LATENT'],
  *run(inputs, context) {
    const { destination, source } = inputs;
    context.checkBytes(destination.samples.data.byteLength);
    const [, channels = 0] = destination.samples.shape;
    if (source.samples.shape[1] !== channels) {
      throw new ComfygenError(
        'INVALID_WORKFLOW',
        `The latents have ${source.samples.shape[1]} and ${channels} channels: they come from different models.`,
      );
    }
    const placed = {
      ...inputs,
      destination: stackOf(destination),
      source: stackOf(source),
      x: Math.floor(inputs.x / CELL),
      y: Math.floor(inputs.y / CELL),
    };
    const data = yield* paste(placed, context);
    return [{ ...destination, samples: { shape: destination.samples.shape, data } }];
  },
});

/** Pictures or latents of one size: `outer` planes, `count` of them apart. */
interface Stack extends Grid {
  count: number;
}

function stackOf({ samples: { shape, data } }: Latent): Stack {
  const [count = 0, channels = 0, height = 0, width = 0] = shape;
  return { count, outer: count * channels, height, width, inner: 1, data };
}

/** What lies on `destination` once `source` is laid on it, as far as the mask lets it through. */
function* paste(
  { destination, source: given, x, y, resize_source, mask }: Placed<Stack>,
  context: NodeContext,
): Work<Float32Array> {
  const { width, height, inner, outer } = destination;
  let source = given;
  if (resize_source) {
    context.checkBytes(given.outer * height * width * inner * 4);
    source = { ...given, ...(yield* resizeGrid(given, width, height, 'bilinear')) };
  }
  const share = mask && (yield* fitTo(mask, source, context));
  const data = destination.data.slice();
  const [wide, high] = [Math.min(source.width, width - x), Math.min(source.height, height - y)];
  const planes = outer / destination.count;
  for (let plane = 0; plane < outer; plane++) {
    const n = Math.floor(plane / planes);
    // Too few pictures or masks are used in turn.
    const from = (n % source.count) * planes + (plane % planes);
    for (let row = 0; row < high; row++) {
      for (let i = 0; i < wide * inner; i++) {
        const to = ((plane * height + y + row) * width + x) * inner + i;
        const value = source.data[(from * source.height + row) * source.width * inner + i];
        const own = share ? shareAt(share, n, row, Math.floor(i / inner)) : 1;
        data[to] = own * (value as number) + (1 - own) * (data[to] as number);
      }
      yield;
    }
  }
  return data;
}

function* fitTo(mask: Mask, { width, height }: Stack, context: NodeContext): Work<Mask> {
  if (mask.width === width && mask.height === height) return mask;
  context.checkBytes(mask.count * width * height * 4);
  const { data } = yield* resizeGrid(
    { ...mask, outer: mask.count, inner: 1 },
    width,
    height,
    'bilinear',
  );
  return { count: mask.count, width, height, data };
}

const shareAt = ({ count, width, height, data }: Mask, n: number, row: number, column: number) =>
  data[((n % count) * height + row) * width + column] as number;

/** Nodes that lay one picture or latent on another, through a mask. */
export const compositeNodes = [imageCompositeMasked, latentCompositeMasked];
