import type { Pixels } from './image.ts';

/** Brightness of each pixel, 0 to 255: Rec. 601 weights on the stored (gamma-coded) values. */
export interface Luminance {
  width: number;
  height: number;
  values: Float32Array;
}

/** The brightness of a picture. */
export function luminanceOf({ width, height, rgb }: Pixels): Luminance {
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i += 1) {
    values[i] = 0.299 * rgb[i * 3]! + 0.587 * rgb[i * 3 + 1]! + 0.114 * rgb[i * 3 + 2]!;
  }
  return { width, height, values };
}

/**
 * Mean and population standard deviation of every `step`-th value from `start`, in two passes so that
 * large offsets lose nothing.
 */
export function momentsOf(
  values: ArrayLike<number>,
  start = 0,
  step = 1,
): { mean: number; deviation: number } {
  const count = Math.ceil((values.length - start) / step);
  let sum = 0;
  for (let i = start; i < values.length; i += step) sum += values[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = start; i < values.length; i += step) squares += (values[i]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / count) };
}
