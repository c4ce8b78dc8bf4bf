import { readFileSync } from 'node:fs';
import { runAtOnce } from 'comfygen/plugin';
import { findSampler, SAMPLER_NAMES, type SamplerName } from '../../src/sampling/samplers.ts';
import { partialSigmas, scheduleSigmas } from '../../src/sampling/schedulers.ts';
import { createFlowSigmas, createSdSigmas } from '../../src/sampling/sigma-table.ts';
import { createTorchGenerator, torchNoise } from '../../src/sampling/torch-noise.ts';
import { maxError } from './max-error.ts';

const file = 'comfyui-0.33.0-sampling.json';

/** The numbers that the repo keeps: all schedulers, our samplers, noise of two seeds. */
export const keptNumbers = new URL(`./__fixtures__/${file}`, import.meta.url);

/** All numbers that were recorded; on development machines only. */
export const allNumbers = new URL(`../../../../../shared/data/sampling/${file}`, import.meta.url);

type Levels = Record<string, Record<string, number[] | { error: string }>>;

/** Numbers that a real ComfyUI computed. */
export interface SamplingNumbers {
  schedulers: Levels;
  flow_shift3: Levels;
  denoise: Record<string, number[]>;
  gaussian: { mean: number[]; variance: number[] };
  noise_seed42: number[];
  samplers: Record<string, number[]>;
  torch_cpu_noise: Record<string, number[]>;
}

/** The numbers of a file. */
export function readNumbers(url: URL): SamplingNumbers {
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** The largest absolute error against those numbers for each noise shape, scheduler, denoise and sampler. */
export function measureParity(numbers: SamplingNumbers): Record<string, Record<string, number>> {
  const sd = createSdSigmas();
  return {
    noise: noiseErrors(numbers.torch_cpu_noise),
    schedulers: levelErrors(numbers.schedulers, (name, steps) => scheduleSigmas(sd, name, steps)),
    flow: levelErrors(numbers.flow_shift3, (name, steps) =>
      scheduleSigmas(createFlowSigmas(3), name, steps),
    ),
    denoise: Object.fromEntries(
      Object.entries(numbers.denoise).map(([key, want]) => {
        const [name = '', steps, denoise] = key.split('/');
        return [key, maxError(partialSigmas(sd, name, Number(steps), Number(denoise)), want)];
      }),
    ),
    samplers: samplerErrors(numbers),
  };
}

function noiseErrors(cases: Record<string, number[]>): Record<string, number> {
  const errors: Record<string, number> = {};
  for (const [key, want] of Object.entries(cases)) {
    const [seed = '0', shape = ''] = key.split('/');
    const all = runAtOnce(torchNoise(BigInt(seed), shape.split('x').map(Number)));
    // Long vectors were recorded as their first and last 60 values.
    const got = all.length > 120 ? [...all.slice(0, 60), ...all.slice(-60)] : all;
    errors[shape] = Math.max(errors[shape] ?? 0, maxError(got, want));
  }
  return errors;
}

function levelErrors(
  cases: Levels,
  schedule: (name: string, steps: number) => Float32Array,
): Record<string, number> {
  const errors: Record<string, number> = {};
  for (const [name, bySteps] of Object.entries(cases)) {
    for (const [steps, want] of Object.entries(bySteps)) {
      if (!Array.isArray(want)) continue;
      const error = maxError(schedule(name, Number(steps)), want);
      errors[name] = Math.max(errors[name] ?? 0, error);
    }
  }
  return errors;
}

function samplerErrors(numbers: SamplingNumbers): Record<string, number> {
  const { mean, variance } = numbers.gaussian;
  const errors: Record<string, number> = {};
  for (const [key, want] of Object.entries(numbers.samplers)) {
    const [name = '', scheduler = '', steps] = key.split('/');
    if (!SAMPLER_NAMES.includes(name as SamplerName)) continue;
    const sigmas = scheduleSigmas(createSdSigmas(), scheduler, Number(steps));
    const run = {
      x: Float32Array.from(numbers.noise_seed42, (value) => value * (sigmas[0] as number)),
      sigmas,
      // The posterior mean of a diagonal Gaussian: the exact denoiser of the recorded runs.
      denoise: (x: Float32Array, sigma: number) =>
        x.map((value, i) => {
          const [m, v] = [mean[i] as number, variance[i] as number];
          return m + (v / (v + sigma ** 2)) * (value - m);
        }),
      // The recorded runs had seed 7; ComfyUI draws step noise from a generator seeded one higher.
      noise: createTorchGenerator(8),
    };
    const walk = findSampler(name)(run);
    let at = walk.next();
    while (!at.done) at = walk.next();
    errors[name] = Math.max(errors[name] ?? 0, maxError(at.value, want));
  }
  return errors;
}
