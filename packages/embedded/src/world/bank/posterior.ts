import { CHANNELS } from '../codec/basis.ts';
import { addBackground, dotBackground } from './background.ts';
import type { Bank } from './bank.ts';
import { addItem, dotItem } from './item.ts';

/** Computes the mean of the clean picture for a noisy one, over a bank. */
export interface Posterior {
  readonly bank: Bank;
  /** The mean for latents `[n, CHANNELS, height, width]`; the array may be kept and changed. */
  mean(x: Float32Array, sigma: number, logPrior: Float64Array): Float32Array;
}

// Weights below this move no pixel by a visible step.
const LEAST_WEIGHT = 1e-7;
// As many as a workflow has areas of one size, for the next side of the guidance.
const KEPT = 9;

export function createPosterior(bank: Bank): Posterior {
  const { width, height, entries, backgrounds } = bank;
  const size = CHANNELS * height * width;
  const crossEnergy = entries.map(
    ({ item, background }) => item.energy + (backgrounds[background]?.energy ?? 0),
  );
  // Both sides of the guidance ask about the same x, area by area: distances are kept for the second.
  const seen: { x: Float32Array; distances: Float64Array[] }[] = [];

  const measure = (x: Float32Array, offset: number): Float64Array => {
    const behind = backgrounds.map((background) => dotBackground(background, x, offset, width));
    return Float64Array.from(entries, ({ item, background }, i) => {
      const dot = dotItem(item, x, offset, width, height) + (behind[background] as number);
      return (crossEnergy[i] as number) - 2 * dot;
    });
  };
  const distancesTo = (x: Float32Array): Float64Array[] => {
    const known = seen.find((one) => isSame(one.x, x));
    if (known) return known.distances;
    const distances = Array.from({ length: x.length / size }, (_, n) => measure(x, n * size));
    seen.unshift({ x: x.slice(), distances });
    seen.length = Math.min(seen.length, KEPT);
    return distances;
  };

  return {
    bank,
    mean(x, sigma, logPrior) {
      const out = new Float32Array(x.length);
      distancesTo(x).forEach((squared, n) => {
        const weights = softmax(squared, sigma, logPrior);
        const behind = new Float64Array(backgrounds.length);
        entries.forEach(({ item, background }, i) => {
          const weight = weights[i] as number;
          behind[background] = (behind[background] as number) + weight;
          if (weight > LEAST_WEIGHT) addItem(item, weight, out, n * size, width, height);
        });
        backgrounds.forEach((background, b) => {
          addBackground(background, behind[b] as number, out, n * size, width);
        });
      });
      return out;
    },
  };
}

function softmax(squared: Float64Array, sigma: number, logPrior: Float64Array): Float64Array {
  const double = 2 * Math.max(sigma, 1e-6) ** 2;
  const weights = squared.map((value, i) => (logPrior[i] as number) - value / double);
  const top = weights.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = Math.exp((weights[i] as number) - top);
    weights[i] = weight;
    total += weight;
  }
  return weights.map((weight) => weight / total);
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
