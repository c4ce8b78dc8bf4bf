import { ComfygenError, type Work } from 'comfygen/plugin';
import { growMask } from '../image/grow-mask.ts';
import { mapNumbers } from '../image/resize.ts';
import type { ImageBatch } from '../model/types.ts';
import { defineNode, type InputSpec } from '../runtime/node-definition.ts';
import { roundHalfEven } from '../runtime/round.ts';
import type { Mask } from '../runtime/values.ts';
import { claimImage } from './claim-image.ts';
import { claimMask } from './claim-mask.ts';

const SIDE: InputSpec = ['INT', { default: 512, min: 1, max: 16384, step: 1 }];
const PLACE: InputSpec = ['INT', { default: 0, min: 0, max: 16384, step: 1 }];
const CHANNELS = ['red', 'green', 'blue'];

const claimLike = (context: Parameters<typeof claimMask>[0], { width, height, count }: Mask) =>
  claimMask(context, width, height, count);

const solidMask = defineNode<{ value: number; width: number; height: number }>({
  classType: 'SolidMask',
  inputs: {
    required: {
      value: ['FLOAT', { default: 1, min: 0, max: 1, step: 0.01 }],
      width: SIDE,
      height: SIDE,
    },
  },
  outputs: ['MASK'],
  run({ value, width, height }, context) {
    claimMask(context, width, height, 1);
    return [{ count: 1, height, width, data: new Float32Array(width * height).fill(value) }];
  },
});

const invertMask = defineNode<{ mask: Mask }>({
  classType: 'InvertMask',
  inputs: { required: { mask: ['MASK'] } },
  outputs: ['MASK'],
  *run({ mask }, context) {
    claimLike(context, mask);
    return [{ ...mask, data: yield* mapNumbers(mask.data, (value) => 1 - value) }];
  },
});

const thresholdMask = defineNode<{ mask: Mask; value: number }>({
  classType: 'ThresholdMask',
  inputs: {
    required: { mask: ['MASK'], value: ['FLOAT', { default: 0.5, min: 0, max: 1, step: 0.01 }] },
  },
  outputs: ['MASK'],
  *run({ mask, value }, context) {
    claimLike(context, mask);
    // The mask's numbers are of single precision, so the bound is, too.
    const bound = Math.fround(value);
    return [{ ...mask, data: yield* mapNumbers(mask.data, (own) => (own > bound ? 1 : 0)) }];
  },
});

const growMaskNode = defineNode<{ mask: Mask; expand: number; tapered_corners: boolean }>({
  classType: 'GrowMask',
  inputs: {
    required: {
      mask: ['MASK'],
      expand: ['INT', { default: 0, min: -16384, max: 16384, step: 1 }],
      tapered_corners: ['BOOLEAN', { default: true }],
    },
  },
  outputs: ['MASK'],
  *run({ mask, expand, tapered_corners }, context) {
    claimMask(context, mask.width, mask.height, mask.count * 2);
    return [yield* growMask(mask, expand, tapered_corners)];
  },
});

const featherMask = defineNode<{
  mask: Mask;
  left: number;
  top: number;
  right: number;
  bottom: number;
}>({
  classType: 'FeatherMask',
  inputs: {
    required: { mask: ['MASK'], left: PLACE, top: PLACE, right: PLACE, bottom: PLACE },
  },
  outputs: ['MASK'],
  *run({ mask, left, top, right, bottom }, context) {
    claimLike(context, mask);
    const { width, height } = mask;
    const across = featherLine(width, left, right);
    const down = featherLine(height, top, bottom);
    const share = (_: number, at: number) =>
      (across[at % width] as number) * (down[Math.floor(at / width) % height] as number);
    const data = yield* mapNumbers(mask.data, (value, at) => value * share(value, at));
    return [{ ...mask, data }];
  },
});

// Both fades count where they meet.
function featherLine(length: number, start: number, end: number): Float64Array {
  const [first, last] = [Math.min(start, length), Math.min(end, length)];
  return Float64Array.from({ length }, (_, i) => {
    const back = length - 1 - i;
    return (i < first ? (i + 1) / first : 1) * (back < last ? (back + 1) / last : 1);
  });
}

const cropMask = defineNode<{ mask: Mask; x: number; y: number; width: number; height: number }>({
  classType: 'CropMask',
  inputs: { required: { mask: ['MASK'], x: PLACE, y: PLACE, width: SIDE, height: SIDE } },
  outputs: ['MASK'],
  *run({ mask, x, y, width, height }, context) {
    const wide = Math.min(width, mask.width - x);
    const high = Math.min(height, mask.height - y);
    if (wide < 1 || high < 1) throw outside(mask, x, y);
    claimMask(context, wide, high, mask.count);
    const data = new Float32Array(mask.count * high * wide);
    for (let row = 0; row < mask.count * high; row++) {
      const plane = Math.floor(row / high);
      const from = (plane * mask.height + y + (row % high)) * mask.width + x;
      data.set(mask.data.subarray(from, from + wide), row * wide);
      yield;
    }
    return [{ count: mask.count, height: high, width: wide, data }];
  },
});

const isIn = (value: number) => roundHalfEven(value) !== 0;

const OPERATIONS: { [name: string]: (a: number, b: number) => number } = {
  multiply: (a, b) => a * b,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  and: (a, b) => Number(isIn(a) && isIn(b)),
  or: (a, b) => Number(isIn(a) || isIn(b)),
  xor: (a, b) => Number(isIn(a) !== isIn(b)),
};

const maskComposite = defineNode<{
  destination: Mask;
  source: Mask;
  x: number;
  y: number;
  operation: string;
}>({
  classType: 'MaskComposite',
  inputs: {
    required: {
      destination: ['MASK'],
      source: ['MASK'],
      x: PLACE,
      y: PLACE,
      operation: [Object.keys(OPERATIONS)],
    },
  },
  outputs: ['MASK'],
  *run({ destination, source, x, y, operation }, context) {
    claimLike(context, destination);
    if (x > destination.width || y > destination.height) throw outside(destination, x, y);
    const combine = OPERATIONS[operation] as (a: number, b: number) => number;
    return [yield* combineMasks(destination, source, x, y, combine)];
  },
});

function* combineMasks(
  destination: Mask,
  source: Mask,
  x: number,
  y: number,
  combine: (a: number, b: number) => number,
): Work<Mask> {
  const { count, width, height } = destination;
  if (source.count !== count && source.count !== 1) {
    throw new ComfygenError(
      'INVALID_WORKFLOW',
      `${source.count} masks cannot be laid on ${count}: it must be one, or as many.`,
    );
  }
  const data = yield* mapNumbers(destination.data, clip);
  const [wide, high] = [Math.min(source.width, width - x), Math.min(source.height, height - y)];
  for (let n = 0; n < count; n++) {
    for (let row = 0; row < high; row++) {
      const from = ((n % source.count) * source.height + row) * source.width;
      const to = (n * height + y + row) * width + x;
      for (let i = 0; i < wide; i++) {
        const own = destination.data[to + i] as number;
        data[to + i] = clip(combine(own, source.data[from + i] as number));
      }
      yield;
    }
  }
  return { ...destination, data };
}

const clip = (value: number) => Math.min(Math.max(value, 0), 1);

function outside({ width, height }: Mask, x: number, y: number): ComfygenError {
  const message = `${x}, ${y} lies outside of a mask of ${width} × ${height}.`;
  return new ComfygenError('INVALID_WORKFLOW', message, { details: { x, y, width, height } });
}

const maskToImage = defineNode<{ mask: Mask }>({
  classType: 'MaskToImage',
  inputs: { required: { mask: ['MASK'] } },
  outputs: ['IMAGE'],
  *run({ mask }, context) {
    const { count, width, height } = mask;
    claimImage(context, width, height, count);
    return [yield* pictureOf(mask)];
  },
});

/** A mask as a picture in grey. */
export function* pictureOf({ count, width, height, data }: Mask): Work<ImageBatch> {
  const rgb = new Float32Array(data.length * 3);
  for (let i = 0; i < data.length; i++) {
    rgb.fill(data[i] as number, i * 3, i * 3 + 3);
    if (i % width === 0) yield;
  }
  return { count, width, height, data: rgb };
}

const imageToMask = defineNode<{ image: ImageBatch; channel: string }>({
  classType: 'ImageToMask',
  inputs: { required: { image: ['IMAGE'], channel: [[...CHANNELS, 'alpha']] } },
  outputs: ['MASK'],
  *run({ image, channel }, context) {
    if (channel === 'alpha') {
      const message =
        'A picture has no alpha here, as in ComfyUI mostly: take the MASK of its LoadImage.';
      throw new ComfygenError('INVALID_WORKFLOW', message, { details: { channel } });
    }
    claimMask(context, image.width, image.height, image.count);
    return [yield* channelOf(image, channel)];
  },
});

/** One of a picture's colours as a mask: `red`, `green` or `blue`. */
export function* channelOf(image: ImageBatch, channel: string): Work<Mask> {
  const offset = CHANNELS.indexOf(channel);
  return yield* maskOf(image, (data, at) => data[at + offset] as number);
}

const imageColorToMask = defineNode<{ image: ImageBatch; color: number }>({
  classType: 'ImageColorToMask',
  inputs: {
    required: { image: ['IMAGE'], color: ['INT', { default: 0, min: 0, max: 0xffffff, step: 1 }] },
  },
  outputs: ['MASK'],
  *run({ image, color }, context) {
    claimMask(context, image.width, image.height, image.count);
    const byte = (value: number) => roundHalfEven(Math.fround(clip(value) * 255));
    return [
      yield* maskOf(image, (data, at) => {
        const [r, g, b] = [data[at], data[at + 1], data[at + 2]] as [number, number, number];
        return byte(r) * 65536 + byte(g) * 256 + byte(b) === color ? 1 : 0;
      }),
    ];
  },
});

function* maskOf(
  { count, width, height, data }: ImageBatch,
  valueAt: (data: Float32Array, at: number) => number,
): Work<Mask> {
  const out = new Float32Array(count * width * height);
  for (let i = 0; i < out.length; i++) {
    out[i] = valueAt(data, i * 3);
    if (i % width === 0) yield;
  }
  return { count, width, height, data: out };
}

/** Nodes that make and change masks. */
export const maskNodes = [
  solidMask,
  invertMask,
  thresholdMask,
  growMaskNode,
  featherMask,
  cropMask,
  maskComposite,
  maskToImage,
  imageToMask,
  imageColorToMask,
];
