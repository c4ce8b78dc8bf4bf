import type { Tensor } from '../model/types.ts';
import { defineNode, type InputSpec, type NodeContext } from '../runtime/node-definition.ts';
import type { Condition, Guider, Latent, ModelHandle } from '../runtime/values.ts';
import { cellArea, clipArea } from '../sampling/condition-area.ts';
import { sampleLatent } from '../sampling/sample-latent.ts';
import type { Sampler } from '../sampling/sampler-run.ts';
import { findSampler } from '../sampling/samplers.ts';
import { partialSigmas } from '../sampling/schedulers.ts';
import { fitLatent } from './fit-latent.ts';
import { CFG, DENOISE, SAMPLER, SCHEDULER, SEED, STEPS, TABLE } from './sampler-settings.ts';

const WORK = 20;
// Of the latent in its full number of channels, while it is sampled; with a mask two are kept besides.
const COPIES = 8;
const COPIES_MASKED = COPIES + 2;
const STEP_INDEX: InputSpec = ['INT', { default: 0, min: 0, max: 10000 }];

interface CommonInputs {
  model: ModelHandle;
  steps: number;
  cfg: number;
  sampler_name: string;
  scheduler: string;
  positive: Condition[];
  negative: Condition[];
  latent_image: Latent;
}

const kSampler = defineNode<CommonInputs & { seed: number | bigint; denoise: number }>({
  classType: 'KSampler',
  work: WORK,
  inputs: {
    required: {
      model: ['MODEL'],
      seed: SEED,
      steps: STEPS,
      cfg: CFG,
      sampler_name: SAMPLER,
      scheduler: SCHEDULER,
      positive: ['CONDITIONING'],
      negative: ['CONDITIONING'],
      latent_image: ['LATENT'],
      denoise: DENOISE,
    },
  },
  outputs: ['LATENT'],
  async run(inputs, context) {
    const { scheduler, steps, denoise, seed } = inputs;
    context.checkSteps(denoise > 0 ? steps / denoise : steps);
    const sigmas = partialSigmas(TABLE, scheduler, steps, denoise);
    const { samples } = await sampleNode(
      { ...toSampling(inputs), sigmas, seed, addNoise: true },
      context,
    );
    return [{ ...inputs.latent_image, samples }];
  },
});

const kSamplerAdvanced = defineNode<
  CommonInputs & {
    add_noise: string;
    noise_seed: number | bigint;
    start_at_step: number;
    end_at_step: number;
    return_with_leftover_noise: string;
  }
>({
  classType: 'KSamplerAdvanced',
  work: WORK,
  inputs: {
    required: {
      model: ['MODEL'],
      add_noise: [['enable', 'disable']],
      noise_seed: SEED,
      steps: STEPS,
      cfg: CFG,
      sampler_name: SAMPLER,
      scheduler: SCHEDULER,
      positive: ['CONDITIONING'],
      negative: ['CONDITIONING'],
      latent_image: ['LATENT'],
      start_at_step: STEP_INDEX,
      end_at_step: ['INT', { default: 10000, min: 0, max: 10000 }],
      return_with_leftover_noise: [['disable', 'enable']],
    },
  },
  outputs: ['LATENT'],
  async run(inputs, context) {
    context.checkSteps(inputs.steps);
    const all = partialSigmas(TABLE, inputs.scheduler, inputs.steps, 1);
    const sigmas = all.slice(0, inputs.end_at_step + 1);
    if (inputs.return_with_leftover_noise === 'disable' && sigmas.length < all.length) {
      sigmas[sigmas.length - 1] = 0;
    }
    const { samples } = await sampleNode(
      {
        ...toSampling(inputs),
        sigmas: sigmas.slice(Math.min(inputs.start_at_step, sigmas.length - 1)),
        seed: inputs.noise_seed,
        addNoise: inputs.add_noise === 'enable',
      },
      context,
    );
    return [{ ...inputs.latent_image, samples }];
  },
});

const samplerCustomAdvanced = defineNode<{
  noise: { seed: number | bigint };
  guider: Guider;
  sampler: { name: string; run: Sampler };
  sigmas: Float32Array;
  latent_image: Latent;
}>({
  classType: 'SamplerCustomAdvanced',
  work: WORK,
  inputs: {
    required: {
      noise: ['NOISE'],
      guider: ['GUIDER'],
      sampler: ['SAMPLER'],
      sigmas: ['SIGMAS'],
      latent_image: ['LATENT'],
    },
  },
  outputs: ['LATENT', 'LATENT'],
  outputNames: ['output', 'denoised_output'],
  async run({ noise, guider, sampler, sigmas, latent_image }, context) {
    const result = await sampleNode(
      {
        guider,
        sampler: sampler.run,
        latent: latent_image,
        sigmas,
        seed: noise.seed,
        addNoise: true,
      },
      context,
    );
    return [
      { ...latent_image, samples: result.samples },
      { ...latent_image, samples: result.denoised },
    ];
  },
});

function toSampling(inputs: CommonInputs): { guider: Guider; sampler: Sampler; latent: Latent } {
  const { model, positive, negative, cfg, sampler_name, latent_image } = inputs;
  return {
    guider: { model, positive, negative, cfg },
    sampler: findSampler(sampler_name),
    latent: latent_image,
  };
}

interface Sampling {
  guider: Guider;
  sampler: Sampler;
  latent: Latent;
  sigmas: Float32Array;
  seed: number | bigint;
  addNoise: boolean;
}

function sampleNode(sampling: Sampling, context: NodeContext) {
  const { guider, latent: given } = sampling;
  const { samples: latent, noiseMask } = given;
  const { latentChannels } = guider.model.diffusion;
  const conditions = [...guider.positive, ...(guider.negative ?? [])];
  context.checkConditions(conditions.length);
  // The state, its noise, both estimates and what a sampler keeps of them.
  const [count = 0, , height = 0, width = 0] = latent.shape;
  context.checkPixels(width * 8, height * 8, count);
  context.checkBytes(
    (noiseMask ? COPIES_MASKED : COPIES) * count * latentChannels * height * width * 4,
  );
  warnOfEmptyAreas(conditions, latent, context);
  return sampleLatent({
    ...sampling,
    latent: fitLatent(latent, latentChannels),
    noiseMask,
    table: TABLE,
    signal: context.signal,
    warn: context.warn,
    onStep: (done, total, preview) => context.step(done, total, done < total ? preview : undefined),
  });
}

function warnOfEmptyAreas(conditions: Condition[], latent: Tensor, context: NodeContext): void {
  const [, , height = 0, width = 0] = latent.shape;
  const empty = conditions.filter((condition) => {
    const area = cellArea(condition, width, height);
    return area && !clipArea(area, width, height);
  });
  if (empty.length === 0) return;
  const message = `${empty.length} conditions have an area that starts at the edge: they do nothing.`;
  context.warn({ code: 'empty-area', message });
}

/** Nodes that sample. */
export const samplerNodes = [kSampler, kSamplerAdvanced, samplerCustomAdvanced];
