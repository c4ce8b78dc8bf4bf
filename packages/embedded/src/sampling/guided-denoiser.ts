import { finishWork, type Work } from 'comfygen/plugin';
import type { DiffusionModel, LatentArea, SamplingRun } from '../model/types.ts';
import type { Condition, Guider } from '../runtime/values.ts';
import { areaWeights, cellArea, clipArea, matchAreas } from './condition-area.ts';
import { addArea, addWeights, cutArea } from './latent-area.ts';

type Denoise = (x: Float32Array, sigma: number) => Work<Float32Array>;

/**
 * The clean estimate under a guider for latents of one shape `[n, C, h, w]`: the weighted mean over
 * the conditions of each side, then u + (c − u) · cfg. At cfg 1 the negative side is not computed.
 * The array that it returns is reused by its next call.
 */
export function createGuidedDenoiser(
  guider: Guider,
  shape: readonly number[],
  more: Pick<SamplingRun, 'warn' | 'start' | 'masked'> = {},
): Denoise {
  const [, , height = 0, width = 0] = shape;
  const { positive, negative, cfg, model } = guider;
  const matched = matchAreas(positive, negative ?? [], width, height);
  const guides = negative !== undefined && Math.abs(cfg - 1) > 1e-9;
  const asked = guides ? [...positive, ...negative] : positive;
  const run = { ...outlineRun(asked, width, height), ...more };
  const diffusion = model.diffusion.prepare?.(run) ?? model.diffusion;
  const conditioned = createSide(diffusion, matched, shape);
  if (!guides) return conditioned;
  const unconditioned = createSide(diffusion, matchAreas(negative, positive, width, height), shape);
  const guided = new Float32Array(shape.reduce((size, side) => size * side, 1));
  return function* (x, sigma) {
    // Copied, because a model may reuse its answer's array for the next one.
    guided.set(yield* conditioned(x, sigma));
    const u = yield* unconditioned(x, sigma);
    for (let i = 0; i < guided.length; i++) {
      guided[i] = (u[i] as number) + ((guided[i] as number) - (u[i] as number)) * cfg;
    }
    return guided;
  };
}

function outlineRun(conditions: readonly Condition[], width: number, height: number): SamplingRun {
  const areas = new Map<string, LatentArea>();
  for (const condition of conditions) {
    const given = cellArea(condition, width, height);
    const area = given && clipArea(given, width, height);
    if (area && (area.width < width || area.height < height)) {
      areas.set(`${area.x},${area.y},${area.width},${area.height}`, area);
    }
  }
  const embeddings = conditions.map(({ embedding }) => embedding);
  return { embeddings, width, height, areas: [...areas.values()] };
}

interface Region {
  condition: Condition;
  area: LatentArea;
  weights: Float32Array;
}

function createSide(
  model: DiffusionModel,
  conditions: readonly Condition[],
  shape: readonly number[],
): Denoise {
  const [only] = conditions;
  if (conditions.length === 1 && only && !only.area && (only.strength ?? 1) !== 0) {
    return function* (x, sigma) {
      return (yield* finishWork(model.denoise({ shape, data: x }, sigma, only.embedding))).data;
    };
  }
  const [, , height = 0, width = 0] = shape;
  const regions = conditions.flatMap((condition) => toRegion(condition, width, height) ?? []);
  const total = new Float32Array(shape.reduce((size, side) => size * side, 1));
  const counts = new Float32Array(width * height);
  for (const { area, weights } of regions) addWeights(area, weights, counts, width);
  return function* (x, sigma) {
    total.fill(0);
    for (const { condition, area, weights } of regions) {
      const cut = cutArea({ shape, data: x }, area);
      const part = yield* finishWork(model.denoise(cut, sigma, condition.embedding));
      addArea(part, area, weights, total, [width, height]);
      yield;
    }
    for (let i = 0; i < total.length; i++) {
      const count = counts[i % counts.length] as number;
      // Cells that no condition covers stay zero.
      if (count > 0) total[i] = (total[i] as number) / count;
    }
    return total;
  };
}

function toRegion(condition: Condition, width: number, height: number): Region | undefined {
  const whole = { x: 0, y: 0, width, height };
  const area = clipArea(cellArea(condition, width, height) ?? whole, width, height);
  if (area === undefined) return undefined;
  return { condition, area, weights: areaWeights(area, width, height, condition.strength ?? 1) };
}
