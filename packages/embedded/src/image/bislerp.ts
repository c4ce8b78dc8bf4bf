import type { Grid } from './resize.ts';

/**
 * Resizes latents by turning the channel vectors of neighbours into each other (spherical
 * interpolation) and mixing their lengths linearly; ComfyUI's `bislerp`. `grid` is one picture as
 * `[channels, height, width]` planes.
 */
export function bislerpGrid(grid: Grid, width: number, height: number): Grid {
  return slerpAxis(slerpAxis(grid, width, 'width'), height, 'height');
}

function slerpAxis(grid: Grid, size: number, side: 'width' | 'height'): Grid {
  const wide = side === 'width';
  const shape = wide ? { ...grid, width: size } : { ...grid, height: size };
  const { outer: channels, width, height } = shape;
  const data = new Float32Array(channels * width * height);
  const [a, b] = [new Float64Array(channels), new Float64Array(channels)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { low, high, ratio } = neighbours(wide ? x : y, grid[side], size);
      readVector(grid, wide ? low : x, wide ? y : low, a);
      readVector(grid, wide ? high : x, wide ? y : high, b);
      slerp(a, b, ratio);
      for (let c = 0; c < channels; c++) data[(c * height + y) * width + x] = a[c] as number;
    }
  }
  return { ...shape, data };
}

function neighbours(i: number, from: number, to: number) {
  const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
  const low = Math.floor(at);
  return { low, high: Math.min(low + 1, from - 1), ratio: at - low };
}

function readVector(grid: Grid, x: number, y: number, out: Float64Array): void {
  for (let c = 0; c < grid.outer; c++) {
    out[c] = grid.data[(c * grid.height + y) * grid.width + x] as number;
  }
}

// The result is left in `a`.
function slerp(a: Float64Array, b: Float64Array, ratio: number): void {
  const [lengthA, lengthB] = [norm(a), norm(b)];
  let dot = 0;
  for (let c = 0; c < a.length; c++) {
    const [ua, ub] = [(a[c] as number) / (lengthA || 1), (b[c] as number) / (lengthB || 1)];
    dot += ua * ub;
  }
  if (dot > 1 - 1e-5) return;
  if (dot < 1e-5 - 1) {
    for (let c = 0; c < a.length; c++) a[c] = mix(a[c] as number, b[c] as number, ratio);
    return;
  }
  const angle = Math.acos(dot);
  const length = mix(lengthA, lengthB, ratio);
  const shareA = Math.sin((1 - ratio) * angle) / Math.sin(angle) / (lengthA || 1);
  const shareB = Math.sin(ratio * angle) / Math.sin(angle) / (lengthB || 1);
  for (let c = 0; c < a.length; c++) {
    a[c] = ((a[c] as number) * shareA + (b[c] as number) * shareB) * length;
  }
}

function norm(vector: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < vector.length; c++) sum += (vector[c] as number) ** 2;
  return Math.sqrt(sum);
}

function mix(a: number, b: number, ratio: number): number {
  return a * (1 - ratio) + b * ratio;
}
