import { createPacer, runInSlices, type Warning, type Work } from 'comfygen/plugin';
import type { Tensor } from '../model/types.ts';
import type { PreviewPixels } from '../runtime/node-definition.ts';
import type { Guider } from '../runtime/values.ts';
import { createGuidedDenoiser } from './guided-denoiser.ts';
import type { Sampler } from './sampler-run.ts';
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
  const { guider, sampler, sigmas, latent, onStep, signal, warn } = request;
  const total = sigmas.length - 1;
  if (total < 1) return { samples: latent, denoised: latent };
  const { shape } = latent;
  const walk = sampler({
    x: await runInSlices(noisyStart(request), signal),
    sigmas,
    denoise: createGuidedDenoiser(guider, shape, warn),
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

// At the model's highest level the noise is scaled as if the clean part were part of its variance.
function* noisyStart({ latent, sigmas, table, seed, addNoise }: SampleRequest): Work<Float32Array> {
  const x = latent.data.slice();
  if (!addNoise) return x;
  const sigma = sigmas[0] as number;
  const atTop = sigma > table.sigmaMax || Math.abs(sigma / table.sigmaMax - 1) <= 1e-5;
  const scale = atTop ? Math.sqrt(1 + sigma * sigma) : sigma;
  const noise = yield* torchNoise(seed, latent.shape);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + scale * (noise[i] as number);
  return x;
}

function firstOf({ shape, data }: Tensor): Tensor {
  const [, channels = 0, height = 0, width = 0] = shape;
  return {
    shape: [1, channels, height, width],
    data: data.subarray(0, channels * height * width),
  };
}
