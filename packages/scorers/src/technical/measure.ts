import { channelDeviation, colourfulness } from './colourfulness.ts';
import type { Pixels } from './image.ts';
import { luminanceOf } from './luminance.ts';
import { noiseSigma } from './noise.ts';
import { edgeWidth, laplacianVariance, tenengrad } from './sharpness.ts';
import { clippingOf, type Tone, toneOf } from './tone.ts';

/** All that is measured in one picture. Levels are brightness steps of 0 to 255. */
export interface Measures extends Tone {
  widthPx: number;
  heightPx: number;
  /** Squared levels. */
  laplacianVariance: number;
  /** Squared levels. */
  tenengrad: number;
  /** Pixels; absent where there is no edge. */
  edgeWidthPx?: number;
  /** Shares of pixels, 0 to 1. */
  clippedLow: number;
  /** The same at the bright end. */
  clippedHigh: number;
  /** The largest standard deviation of a colour channel, in levels; near 0 for one flat colour. */
  channelDeviation: number;
  /** Hasler & Süsstrunk's M. */
  colourfulness: number;
  /** Levels. */
  noiseSigma: number;
}

/** Measures a picture at its own size. */
export function measure(pixels: Pixels): Measures {
  const luminance = luminanceOf(pixels);
  const width = edgeWidth(luminance);
  return {
    widthPx: pixels.width,
    heightPx: pixels.height,
    laplacianVariance: laplacianVariance(luminance),
    tenengrad: tenengrad(luminance),
    ...(width === undefined ? {} : { edgeWidthPx: width }),
    ...toneOf(luminance),
    ...clippingOf(pixels),
    channelDeviation: channelDeviation(pixels),
    colourfulness: colourfulness(pixels),
    noiseSigma: noiseSigma(luminance),
  };
}
