import type { Measures } from './measure.ts';

/** The score of a picture, from all its measures. */
export interface Verdict {
  verdict: 'ok' | 'blank' | 'noise';
  /** The reason in a sentence for a person. */
  why: string;
  /** The score, 0 to 1. */
  value: number;
  /** The factors behind the value, 0 to 1 each. */
  factors: { [name: string]: number };
}

/** 0.5 at `middle`; `step` away from it 0.73, twice that 0.88. A negative step falls. */
const logistic = (value: number, middle: number, step: number) =>
  1 / (1 + Math.exp((middle - value) / step));

// Levels; below it a codec's rounding is all there is.
const BLANK_DEVIATION = 1;
// White noise has a ratio of 1; photographs stay below 0.3, crisp flat art below 0.5.
const NOISE_SHARE = 0.8;
const NOISE_FLOOR = 10;

/**
 * Version 1 of the calibration, fixed. value = sharp^0.4 · contrast^0.25 · clean^0.25 · exposed^0.1:
 * - sharp: edge width, half at 6 px, step 1.2; 0.5 where there is no edge to judge;
 * - contrast: percentile range, half at 0.2, step 0.05;
 * - clean: noise sigma, half at 20 levels, step 4, so that grain, texture and the hard edges of flat
 *   art cost next to nothing;
 * - exposed: clipped share, half at 0.97, step 0.01, so that a white ground is no fault.
 * A product of powers: one total failure is not averaged away. Colour and entropy are taste, not in it.
 */
export function calibrate(measures: Measures): Verdict {
  const deviation = measures.contrastRms * 255;
  if (measures.channelDeviation < BLANK_DEVIATION) {
    return { verdict: 'blank', why: 'the picture is one flat colour', value: 0, factors: {} };
  }
  if (measures.noiseSigma > NOISE_FLOOR && measures.noiseSigma > NOISE_SHARE * deviation) {
    return { verdict: 'noise', why: 'the picture is noise without shapes', value: 0, factors: {} };
  }
  const factors = {
    sharp: measures.edgeWidthPx === undefined ? 0.5 : logistic(measures.edgeWidthPx, 6, -1.2),
    contrast: logistic(measures.contrastRange, 0.2, 0.05),
    clean: logistic(measures.noiseSigma, 20, -4),
    exposed: logistic(measures.clippedLow + measures.clippedHigh, 0.97, -0.01),
  };
  const { sharp, contrast, clean, exposed } = factors;
  const value = sharp ** 0.4 * contrast ** 0.25 * clean ** 0.25 * exposed ** 0.1;
  const [worst, share] = Object.entries(factors).sort((a, b) => a[1] - b[1])[0]!;
  const why = share > 0.75 ? 'nothing stands out' : `${worst} is the weakest: ${share.toFixed(2)}`;
  return { verdict: 'ok', why, value: Math.round(value * 1e6) / 1e6, factors };
}
