import { ComfygenError } from 'comfygen/plugin';
import { roundHalfEven } from '../runtime/round.ts';
import { symmetricBetaQuantile } from './beta-quantile.ts';
import type { SigmaTable } from './sigma-table.ts';

type Scheduler = (table: SigmaTable, steps: number) => number[];

const SCHEDULERS = {
  simple,
  sgm_uniform: sgmUniform,
  karras: (table, steps) => karrasLevels(steps, table.sigmaMin, table.sigmaMax, 7),
  exponential,
  ddim_uniform: ddimUniform,
  beta: (table, steps) => betaLevels(table, steps, 0.6),
  normal,
  linear_quadratic: linearQuadratic,
  kl_optimal: klOptimal,
} as const satisfies Record<string, Scheduler>;

/** ComfyUI's name of a scheduler. */
export type SchedulerName = keyof typeof SCHEDULERS;

/** All schedulers, in ComfyUI's order. */
export const SCHEDULER_NAMES = Object.keys(SCHEDULERS) as SchedulerName[];

/**
 * The noise levels to step through, falling, the last one 0. Mostly `steps + 1` numbers; ddim_uniform
 * may give one more and beta fewer, as in ComfyUI. Throws INVALID_WORKFLOW for an unknown scheduler
 * and for kl_optimal with one step, which has no finite level.
 */
export function scheduleSigmas(table: SigmaTable, scheduler: string, steps: number): Float32Array {
  if (!Object.hasOwn(SCHEDULERS, scheduler)) {
    throw new ComfygenError(
      'INVALID_WORKFLOW',
      `Scheduler "${scheduler}" is not known. There are: ${SCHEDULER_NAMES.join(', ')}.`,
      { details: { scheduler, known: SCHEDULER_NAMES } },
    );
  }
  return Float32Array.from(SCHEDULERS[scheduler as SchedulerName](table, steps));
}

/**
 * The last `steps` steps of a longer schedule, for a partial denoise: ComfyUI's rule. `denoise` is
 * 0 to 1; 0 gives no level at all, and nothing is sampled.
 */
export function partialSigmas(
  table: SigmaTable,
  scheduler: string,
  steps: number,
  denoise: number,
): Float32Array {
  if (denoise > 0.9999) return scheduleSigmas(table, scheduler, steps);
  if (denoise <= 0) return new Float32Array(0);
  const all = scheduleSigmas(table, scheduler, Math.trunc(steps / denoise));
  return all.slice(Math.max(0, all.length - (steps + 1)));
}

/** Karras et al. 2022, equation 5: levels evenly spaced in σ^(1/rho), then 0. */
export function karrasLevels(steps: number, min: number, max: number, rho: number): number[] {
  const { fround } = Math;
  const low = min ** (1 / rho);
  const high = max ** (1 / rho);
  // The rounding is torch's: the ramp and the root are single precision.
  const levels = linspace(0, 1, steps).map((ramp) =>
    fround(fround(fround(high) + fround(fround(ramp) * fround(low - high))) ** rho),
  );
  return [...levels, 0];
}

function simple({ sigmas }: SigmaTable, steps: number): number[] {
  const stride = sigmas.length / steps;
  const levels = Array.from(
    { length: steps },
    (_, i) => sigmas[sigmas.length - 1 - Math.trunc(i * stride)] as number,
  );
  return [...levels, 0];
}

function sgmUniform(table: SigmaTable, steps: number): number[] {
  const [start, end] = [table.timestep(table.sigmaMax), table.timestep(table.sigmaMin)];
  const times = linspace(start, end, steps + 1).slice(0, -1);
  return [...times.map((time) => table.sigma(time)), 0];
}

function normal(table: SigmaTable, steps: number): number[] {
  const [start, end] = [table.timestep(table.sigmaMax), table.timestep(table.sigmaMin)];
  return [...linspace(start, end, steps).map((time) => table.sigma(time)), 0];
}

function exponential(table: SigmaTable, steps: number): number[] {
  const levels = linspace(Math.log(table.sigmaMax), Math.log(table.sigmaMin), steps);
  return [...levels.map((level) => Math.exp(Math.fround(level))), 0];
}

function ddimUniform({ sigmas }: SigmaTable, steps: number): number[] {
  const stride = Math.max(Math.floor(sigmas.length / steps), 1);
  const rising = [0];
  for (let i = 1; i < sigmas.length; i += stride) rising.push(sigmas[i] as number);
  return rising.reverse();
}

// Time steps at the quantiles of a Beta distribution: dense at both ends (arXiv 2407.12173).
function betaLevels({ sigmas }: SigmaTable, steps: number, shape: number): number[] {
  const levels: number[] = [];
  let last = -1;
  for (let i = 0; i < steps; i++) {
    const index = roundHalfEven(symmetricBetaQuantile(1 - i / steps, shape) * (sigmas.length - 1));
    if (index !== last) levels.push(sigmas[index] as number);
    last = index;
  }
  return [...levels, 0];
}

// Half of the steps go linearly through the first 2.5 % of the way, the others quadratically.
function linearQuadratic({ sigmaMax }: SigmaTable, steps: number): number[] {
  if (steps === 1) return [sigmaMax, 0];
  const threshold = 0.025;
  const linear = Math.floor(steps / 2);
  const rest = steps - linear;
  const gap = linear - threshold * steps;
  const square = gap / (linear * rest ** 2);
  const slope = threshold / linear - (2 * gap) / rest ** 2;
  const done = (i: number) =>
    i < linear ? (i * threshold) / linear : square * i ** 2 + slope * i + square * linear ** 2;
  const levels = Array.from({ length: steps }, (_, i) => Math.fround(1 - done(i)) * sigmaMax);
  return [...levels, 0];
}

// Align Your Steps, theorem 3.1: evenly spaced in arctan σ.
function klOptimal({ sigmaMin, sigmaMax }: SigmaTable, steps: number): number[] {
  if (steps < 2) {
    throw new ComfygenError('INVALID_WORKFLOW', 'Scheduler kl_optimal needs at least 2 steps.', {
      details: { scheduler: 'kl_optimal', steps },
    });
  }
  const { fround } = Math;
  const [low, high] = [fround(Math.atan(sigmaMin)), fround(Math.atan(sigmaMax))];
  // tan is steep at the noisy end: the sum is rounded where torch rounds it.
  const levels = linspace(0, 1, steps).map((ramp) => {
    const share = fround(ramp);
    return Math.tan(fround(fround(share * low) + fround(fround(1 - share) * high)));
  });
  return [...levels, 0];
}

function linspace(start: number, end: number, count: number): number[] {
  if (count === 1) return [start];
  return Array.from({ length: count }, (_, i) => start + ((end - start) * i) / (count - 1));
}
