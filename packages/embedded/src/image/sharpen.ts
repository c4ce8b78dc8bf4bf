import type { Work } from 'comfygen/plugin';
import type { ImageBatch } from '../model/types.ts';

/**
 * Sharpens as ComfyUI does: the picture plus `10 · alpha` times its difference to a Gaussian blur of
 * side 2 · radius + 1, edges mirrored. `sigma` is in units of the radius.
 */
export function* sharpenImage(
  image: ImageBatch,
  radius: number,
  sigma: number,
  alpha: number,
): Work<ImageBatch> {
  const kernel = gaussian(radius, sigma);
  const { width, height, data } = image;
  const across = new Float32Array(data.length);
  const out = new Float32Array(data.length);
  const gain = alpha * 10;
  for (let plane = 0; plane < image.count; plane++) {
    const start = plane * width * height * 3;
    yield* blurAxis(data, across, start, width, height, kernel, true);
    yield* blurAxis(across, out, start, width, height, kernel, false);
  }
  for (let i = 0; i < out.length; i++) {
    if (i % (width * 3) === 0) yield;
    const value = data[i] as number;
    out[i] = Math.min(Math.max(value + gain * (value - (out[i] as number)), 0), 1);
  }
  return { ...image, data: out };
}

// The two-dimensional Gaussian is the product of two of these.
function gaussian(radius: number, sigma: number): number[] {
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) => {
    const at = (i - radius) / radius;
    return Math.exp(-(at * at) / (2 * sigma * sigma));
  });
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => value / sum);
}

function* blurAxis(
  from: Float32Array,
  to: Float32Array,
  start: number,
  width: number,
  height: number,
  kernel: readonly number[],
  across: boolean,
): Work<void> {
  const radius = (kernel.length - 1) / 2;
  const length = across ? width : height;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++) {
          const at = mirror((across ? x : y) + k, length);
          const pixel = across ? y * width + at : at * width + x;
          sum += (kernel[k + radius] as number) * (from[start + pixel * 3 + c] as number);
        }
        to[start + (y * width + x) * 3 + c] = sum;
      }
    }
    yield;
  }
}

function mirror(at: number, length: number): number {
  if (at < 0) return -at;
  return at >= length ? 2 * (length - 1) - at : at;
}
