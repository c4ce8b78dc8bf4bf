import type { Work } from 'comfygen/plugin';
import type { Pixels } from './image.ts';
import { momentsOf } from './luminance.ts';

/**
 * Colourfulness M of Hasler & Süsstrunk (2003) on stored sRGB values of 0 to 255: 0 for greys, about
 * 15 slightly, 45 averagely, 109 extremely colourful by the paper's raters.
 */
export function* colourfulness({ rgb }: Pixels): Work<number> {
  const pixels = rgb.length / 3;
  const rg = yield* momentsOf(pixels, (i) => rgb[i * 3]! - rgb[i * 3 + 1]!);
  const yb = yield* momentsOf(pixels, (i) => (rgb[i * 3]! + rgb[i * 3 + 1]!) / 2 - rgb[i * 3 + 2]!);
  return Math.hypot(rg.deviation, yb.deviation) + 0.3 * Math.hypot(rg.mean, yb.mean);
}

/** The largest standard deviation of the three channels, in levels of 0 to 255. */
export function* channelDeviation({ rgb }: Pixels): Work<number> {
  let largest = 0;
  for (const channel of [0, 1, 2]) {
    const { deviation } = yield* momentsOf(rgb.length / 3, (i) => rgb[i * 3 + channel]!);
    largest = Math.max(largest, deviation);
  }
  return largest;
}
