const { fround } = Math;

/** The noise levels that a family of models was trained on, and how steps map to them. */
export interface SigmaTable {
  /** Noise levels in rising order. */
  readonly sigmas: Float32Array;
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  /** The time step of a noise level. */
  timestep(sigma: number): number;
  /** The noise level of a time step, which need not be whole. */
  sigma(timestep: number): number;
}

/** Stable Diffusion's table: β scaled-linear from 0.00085 to 0.012 over 1000 steps, σ 0.0292 to 14.6146. */
export function createSdSigmas(): SigmaTable {
  const steps = 1000;
  const [low, high] = [Math.sqrt(0.00085), Math.sqrt(0.012)];
  const sigmas = new Float32Array(steps);
  const logSigmas = new Float32Array(steps);
  let kept = 1;
  for (let i = 0; i < steps; i++) {
    kept *= 1 - (low + ((high - low) * i) / (steps - 1)) ** 2;
    const sigma = Math.sqrt((1 - kept) / kept);
    sigmas[i] = sigma;
    logSigmas[i] = Math.log(sigma);
  }
  return {
    sigmas,
    sigmaMin: sigmas[0] as number,
    sigmaMax: sigmas[steps - 1] as number,
    timestep: (sigma) => nearest(logSigmas, fround(Math.log(sigma))),
    sigma: (timestep) => interpolateLog(logSigmas, timestep),
  };
}

/** A flow-matching table of 1000 steps (SD 3 and its kin); `shift` moves the steps towards high noise. */
export function createFlowSigmas(shift = 3): SigmaTable {
  const steps = 1000;
  const shifted = (t: number) => (shift * t) / (1 + (shift - 1) * t);
  const sigmas = Float32Array.from({ length: steps }, (_, i) => shifted((i + 1) / steps));
  return {
    sigmas,
    sigmaMin: sigmas[0] as number,
    sigmaMax: sigmas[steps - 1] as number,
    timestep: (sigma) => fround(sigma * steps),
    sigma: (timestep) => fround(shifted(timestep / steps)),
  };
}

function nearest(values: Float32Array, target: number): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (Math.abs(target - (values[i] as number)) < Math.abs(target - (values[best] as number)))
      best = i;
  }
  return best;
}

function interpolateLog(logSigmas: Float32Array, timestep: number): number {
  const t = Math.min(Math.max(fround(timestep), 0), logSigmas.length - 1);
  const low = Math.floor(t);
  const weight = fround(t - low);
  const below = fround(fround(1 - weight) * (logSigmas[low] as number));
  const above = fround(weight * (logSigmas[Math.ceil(t)] as number));
  return fround(Math.exp(fround(below + above)));
}
