import type { Work } from 'comfygen/plugin';
import type { Grid } from './resize.ts';

const { fround } = Math;

/**
 * Resizes latents by turning the channel vectors of neighbours into each other (spherical
 * interpolation) and mixing their lengths linearly; ComfyUI's `bislerp`. `grid` is one picture as
 * `[channels, height, width]` planes.
 */
export function* bislerpGrid(grid: Grid, width: number, height: number): Work<Grid> {
  return yield* slerpAxis(yield* slerpAxis(grid, width, 'width'), height, 'height');
}

function* slerpAxis(grid: Grid, size: number, side: 'width' | 'height'): Work<Grid> {
  const wide = side === 'width';
  const shape = wide ? { ...grid, width: size } : { ...grid, height: size };
  const { outer: channels, width, height } = shape;
  const data = new Float32Array(channels * width * height);
  const [a, b] = [new Float32Array(channels), new Float32Array(channels)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { low, high, ratio } = neighbours(wide ? x : y, grid[side], size);
      readVector(grid, wide ? low : x, wide ? y : low, a);
      readVector(grid, wide ? high : x, wide ? y : high, b);
      slerp(a, b, ratio);
      for (let c = 0; c < channels; c++) data[(c * height + y) * width + x] = a[c] as number;
    }
    yield;
  }
  return { ...shape, data };
}

function neighbours(i: number, from: number, to: number) {
  const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
  const low = Math.floor(at);
  return { low, high: Math.min(low + 1, from - 1), ratio: fround(at - low) };
}

function readVector(grid: Grid, x: number, y: number, out: Float32Array): void {
  for (let c = 0; c < grid.outer; c++) {
    out[c] = grid.data[(c * grid.height + y) * grid.width + x] as number;
  }
}

// The result is left in `a`. Everything is rounded to single precision where torch does it: for nearly
// opposite vectors two large terms cancel, and what is left are those roundings.
function slerp(a: Float32Array, b: Float32Array, ratio: number): void {
  const [lengthA, lengthB] = [norm(a), norm(b)];
  const unitA = a.map((value) => value / (lengthA || 1));
  const unitB = b.map((value) => value / (lengthB || 1));
  const dot = unitA.reduce(
    (sum, value, c) => fround(sum + fround(value * (unitB[c] as number))),
    0,
  );
  const rest = fround(1 - ratio);
  if (dot > 1 - 1e-5) return;
  if (dot < 1e-5 - 1) {
    for (let c = 0; c < a.length; c++) a[c] = mix(a[c] as number, b[c] as number, rest, ratio);
    return;
  }
  const angle = fround(Math.acos(dot));
  const sine = fround(Math.sin(angle));
  const shareA = fround(fround(Math.sin(fround(rest * angle))) / sine);
  const shareB = fround(fround(Math.sin(fround(ratio * angle))) / sine);
  const length = mix(lengthA, lengthB, rest, ratio);
  for (let c = 0; c < a.length; c++) {
    a[c] = mix(unitA[c] as number, unitB[c] as number, shareA, shareB) * length;
  }
}

function norm(vector: Float32Array): number {
  return fround(Math.sqrt(vector.reduce((sum, value) => fround(sum + fround(value * value)), 0)));
}

function mix(a: number, b: number, shareA: number, shareB: number): number {
  return fround(fround(a * shareA) + fround(b * shareB));
}
