import { decode } from 'fast-png';
import type { Finished } from './run-plan.ts';

/** The bytes of the pixels of each picture of a job. */
export function pixelsOf({ files }: Finished): number[][] {
  return files.map(({ bytes }) => [...decode(bytes).data]);
}

/** The mean of each channel, 0 to 255. */
export function meanColour(pixels: readonly number[]): number[] {
  const sums = [0, 0, 0];
  for (const [i, value] of pixels.entries()) sums[i % 3] = sums[i % 3]! + value;
  return sums.map((sum) => sum / (pixels.length / 3));
}
