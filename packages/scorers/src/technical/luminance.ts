import type { Work } from 'comfygen/plugin';
import type { Pixels } from './image.ts';

/** Brightness of each pixel, 0 to 255: Rec. 601 weights on the stored (gamma-coded) values. */
export interface Luminance {
  width: number;
  height: number;
  values: Float32Array;
}

/** The brightness of a picture. */
export function* luminanceOf({ width, height, rgb }: Pixels): Work<Luminance> {
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i += 1) {
    values[i] = 0.299 * rgb[i * 3]! + 0.587 * rgb[i * 3 + 1]! + 0.114 * rgb[i * 3 + 2]!;
    if (i % SLICE === 0) yield;
  }
  return { width, height, values };
}

// So many values are looked at between two chances to pause.
const SLICE = 2 ** 14;

/**
 * Mean and population standard deviation of so many numbers in single precision, in two passes so that large offsets
 * lose nothing. They are made twice rather than kept: of a large picture they would fill the memory.
 */
export function* momentsOf(
  count: number,
  valueAt: (index: number) => number,
): Work<{ mean: number; deviation: number }> {
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    sum += Math.fround(valueAt(i));
    if (i % SLICE === 0) yield;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i += 1) {
    squares += (Math.fround(valueAt(i)) - mean) ** 2;
    if (i % SLICE === 0) yield;
  }
  return { mean, deviation: Math.sqrt(squares / count) };
}
