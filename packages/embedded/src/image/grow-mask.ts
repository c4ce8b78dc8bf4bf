import type { Work } from 'comfygen/plugin';
import type { Mask } from '../runtime/values.ts';

/**
 * The masks grown by so many pixels, each step to the largest number of a pixel's neighbourhood; shrunk to the smallest
 * where `by` is negative. Corners grow too unless they are tapered.
 */
export function* growMask(mask: Mask, by: number, isTapered: boolean): Work<Mask> {
  const pick = by < 0 ? Math.min : Math.max;
  const { count, width, height } = mask;
  let from: Float32Array = mask.data;
  let to: Float32Array = new Float32Array(from.length);
  for (let step = Math.abs(by); step > 0; step--) {
    let hasChanged = false;
    for (let row = 0; row < count * height; row++) {
      const y = row % height;
      const [up, down] = [y > 0 ? -width : 0, y + 1 < height ? width : 0];
      for (let x = 0; x < width; x++) {
        const at = row * width + x;
        const [left, right] = [x > 0 ? -1 : 0, x + 1 < width ? 1 : 0];
        const own = from[at] as number;
        let best = pick(own, from[at + up] as number, from[at + down] as number);
        best = pick(best, from[at + left] as number, from[at + right] as number);
        if (!isTapered) {
          best = pick(best, from[at + up + left] as number, from[at + up + right] as number);
          best = pick(best, from[at + down + left] as number, from[at + down + right] as number);
        }
        to[at] = best;
        hasChanged ||= best !== own;
      }
      yield;
    }
    if (!hasChanged) break;
    [from, to] = [to, from === mask.data ? new Float32Array(from.length) : from];
  }
  return { ...mask, data: from };
}

/**
 * The masks rounded and grown as VAEEncodeForInpaint does it: a pixel is in where any of a square of `by` pixels is,
 * which lies one further up and left where `by` is even.
 */
export function* growRounded({ data, ...mask }: Mask, by: number): Work<Mask> {
  const { count, width, height } = mask;
  const [before, after] = [Math.ceil((by - 1) / 2), Math.floor((by - 1) / 2)];
  const across = new Float32Array(data.length);
  const out = new Float32Array(data.length);
  for (let row = 0; row < count * height; row++) {
    for (let x = 0; x < width; x++) {
      const end = Math.min(width - 1, x + after);
      for (let i = Math.max(0, x - before); i <= end; i++) {
        if ((data[row * width + i] as number) > HALF) across[row * width + x] = 1;
      }
    }
    yield;
  }
  for (let row = 0; row < count * height; row++) {
    const y = row % height;
    for (let i = -Math.min(before, y); i <= Math.min(after, height - 1 - y); i++) {
      for (let x = 0; x < width; x++) {
        if (across[(row + i) * width + x]) out[row * width + x] = 1;
      }
    }
    yield;
  }
  return { ...mask, data: out };
}

/** torch rounds a half to the even number, which is 0. */
export const HALF = 0.5;
