import type { Work } from 'comfygen/plugin';
import type { Pixels } from './image.ts';
import { type Luminance, momentsOf } from './luminance.ts';

/** Measures of how brightness is spread. */
export interface Tone {
  /** Standard deviation of luminance over 255: 0 to 0.5. */
  contrastRms: number;
  /** 99th minus 1st percentile of luminance over 255: 0 to 1. */
  contrastRange: number;
  /** Shannon entropy of the 256-bin luminance histogram, in bits: 0 to 8. */
  entropy: number;
}

/** Contrast and entropy of the brightness. */
export function* toneOf({ width, values }: Luminance): Work<Tone> {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < values.length; i += 1) {
    histogram[Math.round(values[i]!)]! += 1;
    if (i % width === 0) yield;
  }
  const { deviation } = yield* momentsOf(values.length, (i) => values[i]!);
  let entropy = 0;
  for (const count of histogram) {
    const share = count / values.length;
    if (share > 0) entropy -= share * Math.log2(share);
  }
  const range =
    percentile(histogram, 0.99, values.length) - percentile(histogram, 0.01, values.length);
  return {
    contrastRms: deviation / 255,
    contrastRange: range / 255,
    entropy: Math.max(0, entropy),
  };
}

function percentile(histogram: Uint32Array, share: number, total: number): number {
  let below = 0;
  for (let level = 0; level < 256; level += 1) {
    below += histogram[level]!;
    if (below >= share * total) return level;
  }
  return 255;
}

/** Share of pixels, 0 to 1, whose three channels are all at most 1, and all at least 254. */
export function* clippingOf({
  width,
  rgb,
}: Pixels): Work<{ clippedLow: number; clippedHigh: number }> {
  let low = 0;
  let high = 0;
  for (let i = 0; i < rgb.length; i += 3) {
    const [r, g, b] = [rgb[i]!, rgb[i + 1]!, rgb[i + 2]!];
    if (r <= 1 && g <= 1 && b <= 1) low += 1;
    else if (r >= 254 && g >= 254 && b >= 254) high += 1;
    if (i % width === 0) yield;
  }
  const pixels = rgb.length / 3;
  return { clippedLow: low / pixels, clippedHigh: high / pixels };
}
