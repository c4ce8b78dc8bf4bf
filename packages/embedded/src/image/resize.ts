import type { Work } from 'comfygen/plugin';
import { type AxisWeights, type ResizeMethod, weightsOf } from './resize-weights.ts';

/** A grid of numbers `[outer, height, width, inner]`. */
export interface Grid {
  outer: number;
  height: number;
  width: number;
  inner: number;
  data: Float32Array;
}

/**
 * The grid at a new size. Lanczos goes through bytes as in ComfyUI, which leaves it to Pillow: the
 * numbers are taken as 0 to 1, cut to 255ths, and rounded to 255ths after each direction.
 */
export function* resizeGrid(
  grid: Grid,
  width: number,
  height: number,
  method: ResizeMethod,
): Work<Grid> {
  const across = weightsOf(method, grid.width, width);
  const down = weightsOf(method, grid.height, height);
  yield;
  if (method !== 'lanczos') {
    return yield* mapHeight(yield* mapWidth(grid, across, width), down, height);
  }
  const bytes = { ...grid, data: yield* mapNumbers(grid.data, toByte) };
  const resized = yield* mapHeight(yield* mapWidth(bytes, across, width), down, height);
  return { ...resized, data: yield* mapNumbers(resized.data, (byte) => byte / 255) };
}

// So many numbers are computed between two chances to pause.
const SLICE = 2 ** 14;

/** Each number, changed. */
export function* mapNumbers(
  from: Float32Array,
  change: (value: number, at: number) => number,
): Work<Float32Array> {
  const to = new Float32Array(from.length);
  for (let i = 0; i < to.length; i++) {
    to[i] = change(from[i] as number, i);
    if (i % SLICE === 0) yield;
  }
  return to;
}

// In single precision, so that n / 255 is n again.
function toByte(value: number): number {
  return Math.trunc(Math.min(Math.max(Math.fround(255 * value), 0), 255));
}

function roundByte(value: number): number {
  return Math.min(Math.max(Math.floor(value + 0.5), 0), 255);
}

function* mapWidth(
  grid: Grid,
  { index, weight, taps, bytes }: AxisWeights,
  width: number,
): Work<Grid> {
  const { outer, height, inner } = grid;
  const data = new Float32Array(outer * height * width * inner);
  for (let row = 0; row < outer * height; row++) {
    const from = row * grid.width * inner;
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < inner; c++) {
        let sum = 0;
        for (let t = x * taps; t < (x + 1) * taps; t++) {
          sum +=
            (weight[t] as number) * (grid.data[from + (index[t] as number) * inner + c] as number);
        }
        data[(row * width + x) * inner + c] = bytes ? roundByte(sum) : sum;
      }
    }
    yield;
  }
  return { ...grid, width, data };
}

function* mapHeight(
  grid: Grid,
  { index, weight, taps, bytes }: AxisWeights,
  height: number,
): Work<Grid> {
  const { outer, width, inner } = grid;
  const line = width * inner;
  const data = new Float32Array(outer * height * line);
  for (let plane = 0; plane < outer; plane++) {
    for (let y = 0; y < height; y++) {
      const to = (plane * height + y) * line;
      for (let i = 0; i < line; i++) {
        let sum = 0;
        for (let t = y * taps; t < (y + 1) * taps; t++) {
          const row = plane * grid.height + (index[t] as number);
          sum += (weight[t] as number) * (grid.data[row * line + i] as number);
        }
        data[to + i] = bytes ? roundByte(sum) : sum;
      }
      yield;
    }
  }
  return { ...grid, height, data };
}
