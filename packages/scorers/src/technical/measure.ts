import type { Work } from 'comfygen/plugin';
import { channelDeviation, colourfulness } from './colourfulness.ts';
import type { Pixels } from './image.ts';
import { luminanceOf } from './luminance.ts';
import { noiseSigma } from './noise.ts';
import { edgeWidth, laplacianVariance, tenengrad } from './sharpness.ts';
import { clippingOf, type Tone, toneOf } from './tone.ts';

/** All measures of one picture. A level is a brightness step of 0 to 255. */
export interface Measures extends Tone {
  widthPx: number;
  heightPx: number;
  /** Sharpness as the variance of the Laplacian, in squared levels. */
  laplacianVariance: number;
  /** Sharpness as the mean squared Sobel gradient, in squared levels. */
  tenengrad: number;
  /** Mean width of edges in pixels; absent where there is no edge. */
  edgeWidthPx?: number;
  /** Share of pixels whose channels are all at most 1, 0 to 1. */
  clippedLow: number;
  /** Share of pixels whose channels are all at least 254, 0 to 1. */
  clippedHigh: number;
  /** The largest standard deviation of a colour channel, in levels; near 0 for one flat colour. */
  channelDeviation: number;
  /** Hasler & Süsstrunk's M. */
  colourfulness: number;
  /** Standard deviation of the noise, in levels. */
  noiseSigma: number;
}

/** Measures a picture at its own size. */
export function* measure(pixels: Pixels): Work<Measures> {
  const luminance = yield* luminanceOf(pixels);
  const width = yield* edgeWidth(luminance);
  return {
    widthPx: pixels.width,
    heightPx: pixels.height,
    laplacianVariance: yield* laplacianVariance(luminance),
    tenengrad: yield* tenengrad(luminance),
    ...(width === undefined ? {} : { edgeWidthPx: width }),
    ...(yield* toneOf(luminance)),
    ...(yield* clippingOf(pixels)),
    channelDeviation: yield* channelDeviation(pixels),
    colourfulness: yield* colourfulness(pixels),
    noiseSigma: yield* noiseSigma(luminance),
  };
}
