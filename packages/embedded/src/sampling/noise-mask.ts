import type { Work } from 'comfygen/plugin';
import { resizeGrid } from '../image/resize.ts';
import type { LatentArea } from '../model/types.ts';
import type { Mask } from '../runtime/values.ts';

type Denoise = (x: Float32Array, sigma: number) => Work<Float32Array>;

/** What a masked latent keeps where it is not sampled. */
export interface Kept {
  /** The latent as it was, `[n, C, h, w]`, and its shape. */
  latent: Float32Array;
  shape: readonly number[];
  /** The noise that it was given; absent where none is added. */
  noise: Float32Array | undefined;
  /** A mask for each latent, from `fitMask`. */
  mask: Float32Array;
}

/** A mask of any size for latents of this shape: bilinear, one for each latent; too few are used in turn. */
export function* fitMask(mask: Mask, shape: readonly number[]): Work<Float32Array> {
  const [count = 0, , height = 0, width = 0] = shape;
  const used = Math.min(mask.count, count);
  const grid = {
    outer: used,
    height: mask.height,
    width: mask.width,
    inner: 1,
    data: mask.data.subarray(0, used * mask.height * mask.width),
  };
  const { data } = yield* resizeGrid(grid, width, height, 'bilinear');
  const cells = height * width;
  const all = new Float32Array(count * cells);
  for (let n = 0; n < count; n++) {
    all.set(data.subarray((n % used) * cells, ((n % used) + 1) * cells), n * cells);
  }
  return all;
}

/** The smallest area that holds all that any of the masks lets change; `undefined` where that is nothing. */
export function maskedArea(
  mask: Float32Array,
  width: number,
  height: number,
): LatentArea | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let i = 0; i < mask.length; i++) {
    if ((mask[i] as number) <= 0) continue;
    const [x, y] = [i % width, Math.floor(i / width) % height];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  }
  if (right <= left) return undefined;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * A denoiser that heeds a mask as ComfyUI does: outside of it the model is shown the latent as it was, noised to the
 * step's level, and its estimate there is that latent. The array that it returns is reused by its next call.
 */
export function keepOutside(denoise: Denoise, { latent, shape, noise, mask }: Kept): Denoise {
  const [, channels = 0, height = 0, width = 0] = shape;
  const cells = height * width;
  const shown = new Float32Array(latent.length);
  const blend = function* (x: Float32Array, sigma: number): Work<void> {
    for (let start = 0; start < x.length; start += cells) {
      const own = Math.floor(start / (cells * channels)) * cells;
      for (let i = 0; i < cells; i++) {
        const at = start + i;
        const share = mask[own + i] as number;
        const kept = (latent[at] as number) + sigma * (noise?.[at] ?? 0);
        shown[at] = (x[at] as number) * share + kept * (1 - share);
      }
      yield;
    }
  };
  return function* (x, sigma) {
    yield* blend(x, sigma);
    const estimate = yield* denoise(shown, sigma);
    yield* blend(estimate, 0);
    return shown;
  };
}
