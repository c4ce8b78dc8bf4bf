import type { InputSpec } from '../runtime/node-definition.ts';
import { SAMPLER_NAMES } from '../sampling/samplers.ts';
import { SCHEDULER_NAMES } from '../sampling/schedulers.ts';
import { createSdSigmas } from '../sampling/sigma-table.ts';

/** The noise levels of all models here: Stable Diffusion's. */
export const TABLE = createSdSigmas();

/** Inputs that several sampling nodes share. */
export const SAMPLER: InputSpec = [SAMPLER_NAMES];
export const SCHEDULER: InputSpec = [SCHEDULER_NAMES];
export const SEED: InputSpec = ['INT', { default: 0, min: 0, seed: true }];
export const STEPS: InputSpec = ['INT', { default: 20, min: 1, max: 10000 }];
export const CFG: InputSpec = ['FLOAT', { default: 8, min: 0, max: 100, step: 0.1 }];
export const DENOISE: InputSpec = ['FLOAT', { default: 1, min: 0, max: 1, step: 0.01 }];
