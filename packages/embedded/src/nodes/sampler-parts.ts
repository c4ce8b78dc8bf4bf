import { defineNode, type InputSpec } from '../runtime/node-definition.ts';
import type { Condition, Guider, ModelHandle } from '../runtime/values.ts';
import { findSampler } from '../sampling/samplers.ts';
import { karrasLevels, partialSigmas } from '../sampling/schedulers.ts';
import { CFG, DENOISE, SAMPLER, SCHEDULER, SEED, STEPS, TABLE } from './sampler-settings.ts';

const level = (value: number): InputSpec => [
  'FLOAT',
  { default: value, min: 0, max: 5000, step: 0.01 },
];

const randomNoise = defineNode<{ noise_seed: number | bigint }>({
  classType: 'RandomNoise',
  inputs: { required: { noise_seed: SEED } },
  outputs: ['NOISE'],
  run: ({ noise_seed }) => [{ seed: noise_seed }],
});

const basicGuider = defineNode<{ model: ModelHandle; conditioning: Condition[] }>({
  classType: 'BasicGuider',
  inputs: { required: { model: ['MODEL'], conditioning: ['CONDITIONING'] } },
  outputs: ['GUIDER'],
  run({ model, conditioning }) {
    const guider: Guider = { model, positive: conditioning, cfg: 1 };
    return [guider];
  },
});

const cfgGuider = defineNode<Guider & { positive: Condition[]; negative: Condition[] }>({
  classType: 'CFGGuider',
  inputs: {
    required: {
      model: ['MODEL'],
      positive: ['CONDITIONING'],
      negative: ['CONDITIONING'],
      cfg: CFG,
    },
  },
  outputs: ['GUIDER'],
  run: ({ model, positive, negative, cfg }) => [{ model, positive, negative, cfg }],
});

const kSamplerSelect = defineNode<{ sampler_name: string }>({
  classType: 'KSamplerSelect',
  inputs: { required: { sampler_name: SAMPLER } },
  outputs: ['SAMPLER'],
  run: ({ sampler_name }) => [{ name: sampler_name, run: findSampler(sampler_name) }],
});

const basicScheduler = defineNode<{ scheduler: string; steps: number; denoise: number }>({
  classType: 'BasicScheduler',
  inputs: {
    required: { model: ['MODEL'], scheduler: SCHEDULER, steps: STEPS, denoise: DENOISE },
  },
  outputs: ['SIGMAS'],
  run({ scheduler, steps, denoise }, context) {
    context.checkSteps(denoise > 0 ? steps / denoise : steps);
    return [partialSigmas(TABLE, scheduler, steps, denoise)];
  },
});

const karrasScheduler = defineNode<{
  steps: number;
  sigma_max: number;
  sigma_min: number;
  rho: number;
}>({
  classType: 'KarrasScheduler',
  inputs: {
    required: {
      steps: STEPS,
      sigma_max: level(14.614642),
      sigma_min: level(0.0291675),
      rho: ['FLOAT', { default: 7, min: 0, max: 100, step: 0.01 }],
    },
  },
  outputs: ['SIGMAS'],
  run({ steps, sigma_max, sigma_min, rho }, context) {
    context.checkSteps(steps);
    return [Float32Array.from(karrasLevels(steps, sigma_min, sigma_max, rho))];
  },
});

/** Nodes that make the parts of SamplerCustomAdvanced. */
export const samplerPartNodes = [
  randomNoise,
  basicGuider,
  cfgGuider,
  kSamplerSelect,
  basicScheduler,
  karrasScheduler,
];
