import { ComfygenError, finishWork } from 'comfygen/plugin';
import {
  addNoise,
  ancestralStep,
  blendInto,
  type Sampler,
  type SamplerRun,
} from './sampler-run.ts';

const SAMPLERS = {
  euler,
  euler_ancestral: eulerAncestral,
  heun,
  dpmpp_2s_ancestral: dpmpp2sAncestral,
  dpmpp_2m: dpmpp2m,
  lcm,
  ddim,
} as const satisfies Record<string, Sampler>;

/** ComfyUI's name of a sampler. */
export type SamplerName = keyof typeof SAMPLERS;

/** The samplers that run here. */
export const SAMPLER_NAMES = Object.keys(SAMPLERS) as SamplerName[];

/** A sampler by ComfyUI's name. Throws INVALID_WORKFLOW with the names that exist for any other. */
export function findSampler(name: string): Sampler {
  if (Object.hasOwn(SAMPLERS, name)) return SAMPLERS[name as SamplerName];
  throw new ComfygenError(
    'INVALID_WORKFLOW',
    `Sampler "${name}" does not run here. There are: ${SAMPLER_NAMES.join(', ')}.`,
    { details: { sampler: name, known: SAMPLER_NAMES } },
  );
}

// Every update below is written as x ← a·x + b·D, which is the published form rearranged:
// Euler's x + (x − D)/σ·(σ' − σ) is (σ'/σ)·x + (1 − σ'/σ)·D.
function* euler({ x: start, sigmas, denoise }: SamplerRun): ReturnType<Sampler> {
  const x = start.slice();
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const [sigma, next] = [sigmas[i] as number, sigmas[i + 1] as number];
    const denoised = yield* finishWork(denoise(x, sigma));
    blendInto(x, next / sigma, denoised, 1 - next / sigma);
    yield { step: i + 1, denoised };
  }
  return x;
}

// In the σ parametrisation DDIM without noise is Euler's method; ComfyUI runs it so.
function ddim(run: SamplerRun): ReturnType<Sampler> {
  return euler(run);
}

/** Whether what a mask keeps is noised by numbers of its own rather than those of the start: ComfyUI's DDIM alone. */
export const drawsKeptNoise = (sampler: Sampler): boolean => sampler === ddim;

function* eulerAncestral(run: SamplerRun): ReturnType<Sampler> {
  const { sigmas, denoise, noise } = run;
  const x = run.x.slice();
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const [sigma, next] = [sigmas[i] as number, sigmas[i + 1] as number];
    const denoised = yield* finishWork(denoise(x, sigma));
    const { down, up } = ancestralStep(sigma, next);
    blendInto(x, down / sigma, denoised, 1 - down / sigma);
    if (next > 0) yield* addNoise(x, noise, up);
    yield { step: i + 1, denoised };
  }
  return x;
}

// Karras et al. 2022, algorithm 1 without churn.
function* heun({ x: start, sigmas, denoise }: SamplerRun): ReturnType<Sampler> {
  let x = start.slice();
  let guess = new Float32Array(x.length);
  const first = new Float32Array(x.length);
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const [sigma, next] = [sigmas[i] as number, sigmas[i + 1] as number];
    first.set(yield* finishWork(denoise(x, sigma)));
    const ratio = next / sigma;
    for (let j = 0; j < x.length; j++) {
      guess[j] = ratio * (x[j] as number) + (1 - ratio) * (first[j] as number);
    }
    if (next > 0) {
      const second = yield* finishWork(denoise(guess, next));
      const half = (next - sigma) / 2;
      for (let j = 0; j < x.length; j++) {
        const slope =
          ((x[j] as number) - (first[j] as number)) / sigma +
          ((guess[j] as number) - (second[j] as number)) / next;
        guess[j] = (x[j] as number) + half * slope;
      }
    }
    [x, guess] = [guess, x];
    yield { step: i + 1, denoised: first };
  }
  return x;
}

// DPM-Solver++(2M), arXiv 2211.01095.
function* dpmpp2m({ x: start, sigmas, denoise }: SamplerRun): ReturnType<Sampler> {
  const x = start.slice();
  const previous = new Float32Array(x.length);
  const mixed = new Float32Array(x.length);
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const [sigma, next] = [sigmas[i] as number, sigmas[i + 1] as number];
    const denoised = yield* finishWork(denoise(x, sigma));
    const h = Math.log(sigma / next);
    mixed.set(denoised);
    const r = i === 0 ? 0 : Math.log((sigmas[i - 1] as number) / sigma) / h;
    // More than a thousand steps repeat levels of the table: nothing to extrapolate from there.
    if (r > 0 && next > 0) {
      blendInto(mixed, 1 + 1 / (2 * r), previous, -1 / (2 * r));
    }
    blendInto(x, next / sigma, mixed, -Math.expm1(-h));
    previous.set(denoised);
    yield { step: i + 1, denoised };
  }
  return x;
}

// DPM-Solver++(2S) with ancestral noise.
function* dpmpp2sAncestral(run: SamplerRun): ReturnType<Sampler> {
  const { sigmas, denoise, noise } = run;
  const x = run.x.slice();
  const middle = new Float32Array(x.length);
  const denoised = new Float32Array(x.length);
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const [sigma, next] = [sigmas[i] as number, sigmas[i + 1] as number];
    denoised.set(yield* finishWork(denoise(x, sigma)));
    const { down, up } = ancestralStep(sigma, next);
    if (down === 0) {
      x.set(denoised);
    } else {
      const half = Math.sqrt(sigma * down);
      middle.set(x);
      blendInto(middle, half / sigma, denoised, 1 - half / sigma);
      blendInto(x, down / sigma, yield* finishWork(denoise(middle, half)), 1 - down / sigma);
    }
    if (next > 0) yield* addNoise(x, noise, up);
    yield { step: i + 1, denoised };
  }
  return x;
}

// Latent consistency: jump to the clean estimate, then back to the next noise level.
function* lcm(run: SamplerRun): ReturnType<Sampler> {
  const { sigmas, denoise, noise } = run;
  const x = run.x.slice();
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const denoised = yield* finishWork(denoise(x, sigmas[i] as number));
    x.set(denoised);
    const next = sigmas[i + 1] as number;
    if (next > 0) yield* addNoise(x, noise, next);
    yield { step: i + 1, denoised };
  }
  return x;
}
