import type { Work } from 'comfygen/plugin';
import { CHANNELS } from '../codec/basis.ts';
import { addBackground, dotBackground } from './background.ts';
import type { Bank } from './bank.ts';
import { addItem, dotItem } from './item.ts';

/** Computes the mean of the clean picture for a noisy one, over a bank. */
export interface Posterior {
  readonly bank: Bank;
  /** The mean for latents `[n, CHANNELS, height, width]`; the array may be kept and changed. */
  mean(x: Float32Array, sigma: number, logPrior: Float64Array): Work<Float32Array>;
}

// Weights below this move no pixel by a visible step.
const LEAST_WEIGHT = 1e-7;
// As many as a workflow has areas of one size, for the next side of the guidance; of large latents fewer.
const KEPT = 9;
const KEPT_NUMBERS = 2 ** 22;

export function createPosterior(bank: Bank): Posterior {
  const { width, height, entries, backgrounds } = bank;
  const size = CHANNELS * height * width;
  const crossEnergy = entries.map(
    ({ item, background }) => item.energy + (backgrounds[background]?.energy ?? 0),
  );
  // Both sides of the guidance ask about the same x, area by area: distances are kept for the second.
  const seen: { x: Float32Array; distances: Float64Array[] }[] = [];

  const measure = function* (x: Float32Array, offset: number): Work<Float64Array> {
    const behind = backgrounds.map((background) => dotBackground(background, x, offset, width));
    const distances = new Float64Array(entries.length);
    for (const [i, { item, background }] of entries.entries()) {
      const dot =
        dotItem(item, { data: x, offset, width, height }) + (behind[background] as number);
      distances[i] = (crossEnergy[i] as number) - 2 * dot;
      yield;
    }
    return distances;
  };
  const distancesTo = function* (x: Float32Array): Work<Float64Array[]> {
    const known = seen.find((one) => isSame(one.x, x));
    if (known) return known.distances;
    const distances: Float64Array[] = [];
    for (let n = 0; n * size < x.length; n++) distances.push(yield* measure(x, n * size));
    seen.unshift({ x: x.slice(), distances });
    const kept = Math.max(1, Math.floor(KEPT_NUMBERS / x.length));
    seen.length = Math.min(seen.length, KEPT, kept);
    return distances;
  };

  return {
    bank,
    *mean(x, sigma, logPrior) {
      const out = new Float32Array(x.length);
      for (const [n, squared] of (yield* distancesTo(x)).entries()) {
        const weights = softmax(squared, sigma, logPrior);
        const behind = new Float64Array(backgrounds.length);
        for (const [i, { item, background }] of entries.entries()) {
          const weight = weights[i] as number;
          behind[background] = (behind[background] as number) + weight;
          if (weight <= LEAST_WEIGHT) continue;
          addItem(item, weight, { data: out, offset: n * size, width, height });
          yield;
        }
        backgrounds.forEach((background, b) => {
          addBackground(background, behind[b] as number, out, n * size, width);
        });
        yield;
      }
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
