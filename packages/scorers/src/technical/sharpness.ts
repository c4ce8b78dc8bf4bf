import type { Work } from 'comfygen/plugin';
import { type Luminance, momentsOf } from './luminance.ts';

/**
 * Variance of the Laplacian (kernel 0 1 0, 1 −4 1, 0 1 0) over the inner pixels, in squared levels.
 * High for fine detail and for noise alike (Pech-Pacheco et al. 2000). 0 where a side is below 3.
 */
export function* laplacianVariance({ width, height, values }: Luminance): Work<number> {
  if (width < 3 || height < 3) return 0;
  const inner = width - 2;
  const { deviation } = yield* momentsOf(inner * (height - 2), (at) => {
    const i = (Math.floor(at / inner) + 1) * width + (at % inner) + 1;
    const around = values[i - 1]! + values[i + 1]! + values[i - width]! + values[i + width]!;
    return around - 4 * values[i]!;
  });
  return deviation ** 2;
}

/** Mean squared Sobel gradient over the inner pixels, in squared levels (Tenengrad). */
export function* tenengrad({ width, height, values: v }: Luminance): Work<number> {
  if (width < 3 || height < 3) return 0;
  let sum = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const a = (y - 1) * width + x;
      const b = a + width;
      const c = b + width;
      const gx = v[a + 1]! + 2 * v[b + 1]! + v[c + 1]! - v[a - 1]! - 2 * v[b - 1]! - v[c - 1]!;
      const gy = v[c - 1]! + 2 * v[c]! + v[c + 1]! - v[a - 1]! - 2 * v[a]! - v[a + 1]!;
      sum += gx * gx + gy * gy;
    }
    yield;
  }
  return sum / ((width - 2) * (height - 2));
}

// Levels that a monotone run must span to be an edge rather than shading or grain.
const EDGE_RISE = 32;

/**
 * Mean width of edges along rows and columns, in pixels: how long brightness rises or falls without a
 * break, over runs that span 32 levels or more, weighted by what they span (after Marziliano et al.
 * 2002). 1 is a hard edge; blur widens it, contrast does not. `undefined` where there is no edge.
 */
export function* edgeWidth({ width, height, values }: Luminance): Work<number | undefined> {
  const total = { width: 0, weight: 0 };
  for (let y = 0; y < height; y += 1) {
    addEdges(values, y * width, 1, width, total);
    yield;
  }
  for (let x = 0; x < width; x += 1) {
    addEdges(values, x, width, height, total);
    yield;
  }
  return total.weight === 0 ? undefined : total.width / total.weight;
}

function addEdges(
  values: Float32Array,
  start: number,
  step: number,
  length: number,
  total: { width: number; weight: number },
): void {
  let direction = 0;
  let from = 0;
  for (let i = 1; i <= length; i += 1) {
    const at = start + i * step;
    // A step below half a level is flat: rounding and codecs make those.
    const change = i < length ? values[at]! - values[at - step]! : 0;
    const next = Math.abs(change) < 0.5 ? 0 : Math.sign(change);
    if (next === direction) continue;
    if (direction !== 0) {
      const span = Math.abs(values[at - step]! - values[start + from * step]!);
      if (span >= EDGE_RISE) {
        total.width += (i - 1 - from) * span;
        total.weight += span;
      }
    }
    direction = next;
    from = i - 1;
  }
}
