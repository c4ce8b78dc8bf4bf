import type { DiffusionModel, LatentArea, SamplingRun, Tensor } from '../model/types.ts';
import type { Condition, Guider } from '../runtime/values.ts';
import { areaWeights, cellArea, clipArea, matchAreas } from './condition-area.ts';

type Denoise = (x: Float32Array, sigma: number) => Float32Array;

/**
 * The clean estimate under a guider for latents of one shape `[n, C, h, w]`: the weighted mean over
 * the conditions of each side, then u + (c − u) · cfg. At cfg 1 the negative side is not computed.
 * The array that it returns is reused by its next call.
 */
export function createGuidedDenoiser(guider: Guider, shape: readonly number[]): Denoise {
  const [, , height = 0, width = 0] = shape;
  const { positive, negative, cfg, model } = guider;
  const matched = matchAreas(positive, negative ?? [], width, height);
  const guides = negative !== undefined && Math.abs(cfg - 1) > 1e-9;
  const asked = guides ? [...positive, ...negative] : positive;
  const run = outlineRun(asked, width, height);
  const diffusion = model.diffusion.prepare?.(run) ?? model.diffusion;
  const conditioned = createSide(diffusion, matched, shape);
  if (!guides) return conditioned;
  const unconditioned = createSide(diffusion, matchAreas(negative, positive, width, height), shape);
  const guided = new Float32Array(shape.reduce((size, side) => size * side, 1));
  return (x, sigma) => {
    // Copied, because a model may reuse its answer's array for the next one.
    guided.set(conditioned(x, sigma));
    const u = unconditioned(x, sigma);
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
    return (x, sigma) => model.denoise({ shape, data: x }, sigma, only.embedding).data;
  }
  const [, , height = 0, width = 0] = shape;
  const regions = conditions.flatMap((condition) => toRegion(condition, width, height) ?? []);
  const total = new Float32Array(shape.reduce((size, side) => size * side, 1));
  const counts = new Float32Array(width * height);
  for (const region of regions) addCounts(region, counts, width);
  return (x, sigma) => {
    total.fill(0);
    for (const region of regions) addRegion(model, region, { shape, data: x }, sigma, total);
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

function addCounts({ area, weights }: Region, counts: Float32Array, width: number): void {
  for (let y = 0; y < area.height; y++) {
    for (let x = 0; x < area.width; x++) {
      const at = (area.y + y) * width + area.x + x;
      counts[at] = (counts[at] as number) + (weights[y * area.width + x] as number);
    }
  }
}

function addRegion(
  model: DiffusionModel,
  { condition, area, weights }: Region,
  x: Tensor,
  sigma: number,
  total: Float32Array,
): void {
  const [count = 0, channels = 0, height = 0, width = 0] = x.shape;
  const crop = cropPlanes(x.data, count * channels, width, height, area);
  const shape = [count, channels, area.height, area.width];
  const { data } = model.denoise({ shape, data: crop }, sigma, condition.embedding);
  const cells = area.width * area.height;
  for (let plane = 0; plane < count * channels; plane++) {
    for (let row = 0; row < area.height; row++) {
      const to = (plane * height + area.y + row) * width + area.x;
      for (let column = 0; column < area.width; column++) {
        const cell = row * area.width + column;
        total[to + column] =
          (total[to + column] as number) +
          (data[plane * cells + cell] as number) * (weights[cell] as number);
      }
    }
  }
}

function cropPlanes(
  data: Float32Array,
  planes: number,
  width: number,
  height: number,
  area: LatentArea,
): Float32Array {
  if (area.width === width && area.height === height) return data;
  const out = new Float32Array(planes * area.width * area.height);
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < area.height; row++) {
      const from = (plane * height + area.y + row) * width + area.x;
      out.set(data.subarray(from, from + area.width), (plane * area.height + row) * area.width);
    }
  }
  return out;
}
