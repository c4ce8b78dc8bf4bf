import type { Made, Work } from 'comfygen/plugin';
import type { NoiseGenerator } from './torch-noise.ts';

/** What a sampler is given. */
export interface SamplerRun {
  /** The noisy start; samplers never write into it. */
  x: Float32Array;
  /** Falling noise levels; one step less than there are levels. */
  sigmas: Float32Array;
  /** The clean estimate for a state at a noise level. The array may be overwritten by the next call. */
  denoise(x: Float32Array, sigma: number): Made<Float32Array>;
  /** Step noise for the samplers that add some. */
  noise: NoiseGenerator;
}

/** What a sampler yields after each step. */
interface SamplerStep {
  /** Steps done, from 1. */
  step: number;
  /** The clean estimate of that step; valid until the sampler goes on. */
  denoised: Float32Array;
}

/**
 * A sampler: yields each step when it is done, and nothing where it pauses; returns the last state. Stop iterating to
 * abort it.
 */
export type Sampler = (run: SamplerRun) => Generator<SamplerStep | undefined, Float32Array, void>;

/** k-diffusion's ancestral split of a step: how far to go down, and how much noise to add back. */
export function ancestralStep(from: number, to: number): { down: number; up: number } {
  const up = Math.min(to, Math.sqrt((to ** 2 * (from ** 2 - to ** 2)) / from ** 2));
  return { down: Math.sqrt(Math.max(to ** 2 - up ** 2, 0)), up };
}

/** x ← keep · x + take · other, in place. */
export function blendInto(x: Float32Array, keep: number, other: Float32Array, take: number): void {
  for (let i = 0; i < x.length; i++) x[i] = keep * (x[i] as number) + take * (other[i] as number);
}

/** x ← x + scale · fresh noise, in place. */
export function* addNoise(x: Float32Array, noise: NoiseGenerator, scale: number): Work<void> {
  const fresh = yield* noise.normal(x.length);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + scale * (fresh[i] as number);
}
