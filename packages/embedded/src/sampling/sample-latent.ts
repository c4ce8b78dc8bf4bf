import { createPacer, runInSlices, type Warning, type Work } from 'comfygen/plugin';
import type { Tensor } from '../model/types.ts';
import type { PreviewPixels } from '../runtime/node-definition.ts';
import type { Guider, Mask } from '../runtime/values.ts';
import { createGuidedDenoiser } from './guided-denoiser.ts';
import { fitMask, keepOutside, maskedArea } from './noise-mask.ts';
import type { Sampler, SamplerRun } from './sampler-run.ts';
import { drawsKeptNoise } from './samplers.ts';
import type { SigmaTable } from './sigma-table.ts';
import { createTorchGenerator, torchNoise } from './torch-noise.ts';

/** What one sampling run needs. */
export interface SampleRequest {
  guider: Guider;
  sampler: Sampler;
  sigmas: Float32Array;
  table: SigmaTable;
  /** The start, in the model's number of channels. */
  latent: Tensor;
  /** Where it is sampled; absent: everywhere. */
  noiseMask: Mask | undefined;
  seed: number | bigint;
  /** Whether noise is added to the start; `false` as in KSamplerAdvanced with add_noise off. */
  addNoise: boolean;
  signal: AbortSignal;
  warn(warning: Warning): void;
  onStep(done: number, total: number, preview: () => PreviewPixels | undefined): Promise<void>;
}

/** What sampling gives: the last state, and the clean estimate of the last step. */
export interface SampleResult {
  samples: Tensor;
  denoised: Tensor;
}

/** Runs a sampler over a latent. With fewer than two noise levels the latent comes back unchanged. */
export async function sampleLatent(request: SampleRequest): Promise<SampleResult> {
  const { guider, sampler, sigmas, latent, onStep, signal } = request;
  const total = sigmas.length - 1;
  if (total < 1) return { samples: latent, denoised: latent };
  const { shape } = latent;
  const { x, denoise } = await runInSlices(prepare(request), signal);
  const walk = sampler({
    x,
    sigmas,
    denoise,
    // As ComfyUI on a CPU: step noise from a second generator, seeded one higher.
    noise: createTorchGenerator(BigInt(request.seed) + 1n),
  });
  let denoised: Float32Array = latent.data;
  const pause = createPacer(signal);
  for (let at = walk.next(); ; at = walk.next()) {
    if (at.done) {
      return { samples: { shape, data: at.value }, denoised: { shape, data: denoised.slice() } };
    }
    if (at.value === undefined) {
      await pause();
      continue;
    }
    denoised = at.value.denoised;
    const estimate = { shape, data: denoised };
    await onStep(at.value.step, total, () => guider.model.vae?.preview(firstOf(estimate)));
  }
}

function* prepare(request: SampleRequest): Work<Pick<SamplerRun, 'x' | 'denoise'>> {
  const { guider, sampler, latent, noiseMask, seed, addNoise, warn } = request;
  const { shape } = latent;
  const noise = addNoise ? yield* torchNoise(seed, shape) : undefined;
  const x = noisyStart(request, noise);
  // Without noise of its own the latent may be one that another pass has left noisy.
  const start = addNoise && !startsAtTop(request) ? latent : undefined;
  if (noiseMask === undefined) {
    return { x, denoise: createGuidedDenoiser(guider, shape, { warn, start }) };
  }
  const mask = yield* fitMask(noiseMask, shape);
  const [, , height = 0, width = 0] = shape;
  const area = maskedArea(mask, width, height);
  const masked = area && { area, latent, mask };
  const denoise = createGuidedDenoiser(guider, shape, { warn, start, masked });
  const own = drawsKeptNoise(sampler) ? yield* torchNoise(BigInt(seed) + 1n, shape) : noise;
  return { x, denoise: keepOutside(denoise, { latent: latent.data, shape, noise: own, mask }) };
}

// At the model's highest level the noise is scaled as if the clean part were part of its variance.
function noisyStart(request: SampleRequest, noise: Float32Array | undefined): Float32Array {
  const x = request.latent.data.slice();
  if (noise === undefined) return x;
  const sigma = request.sigmas[0] as number;
  const scale = startsAtTop(request) ? Math.sqrt(1 + sigma * sigma) : sigma;
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + scale * (noise[i] as number);
  return x;
}

function startsAtTop({ sigmas, table }: SampleRequest): boolean {
  const sigma = sigmas[0] as number;
  return sigma > table.sigmaMax || Math.abs(sigma / table.sigmaMax - 1) <= 1e-5;
}

function firstOf({ shape, data }: Tensor): Tensor {
  const [, channels = 0, height = 0, width = 0] = shape;
  return {
    shape: [1, channels, height, width],
    data: data.subarray(0, channels * height * width),
  };
}
