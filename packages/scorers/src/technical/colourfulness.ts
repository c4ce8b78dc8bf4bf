import type { Pixels } from './image.ts';
import { momentsOf } from './luminance.ts';

/**
 * Colourfulness M of Hasler & Süsstrunk (2003) on stored sRGB values of 0 to 255: 0 for greys, about
 * 15 slightly, 45 averagely, 109 extremely colourful by the paper's raters.
 */
export function colourfulness({ rgb }: Pixels): number {
  const pixels = rgb.length / 3;
  const redGreen = new Float32Array(pixels);
  const yellowBlue = new Float32Array(pixels);
  for (let i = 0; i < pixels; i += 1) {
    const [r, g, b] = [rgb[i * 3]!, rgb[i * 3 + 1]!, rgb[i * 3 + 2]!];
    redGreen[i] = r - g;
    yellowBlue[i] = (r + g) / 2 - b;
  }
  const rg = momentsOf(redGreen);
  const yb = momentsOf(yellowBlue);
  return Math.hypot(rg.deviation, yb.deviation) + 0.3 * Math.hypot(rg.mean, yb.mean);
}

/** The largest standard deviation of the three channels, in levels of 0 to 255. */
export function channelDeviation({ rgb }: Pixels): number {
  return Math.max(...[0, 1, 2].map((channel) => momentsOf(rgb, channel, 3).deviation));
}
