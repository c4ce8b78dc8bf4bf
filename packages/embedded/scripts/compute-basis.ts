import { runAtOnce } from 'comfygen/plugin';
import { loadIconSet } from '../src/world/art/icon-set.ts';
import { loadRasterizer, rasterize } from '../src/world/art/rasterize.ts';
import { loadConcepts } from '../src/world/words/concepts.ts';
import { eigenvectors } from './eigenvectors.ts';

const CELL = 8;
const PATCH = CELL * CELL * 3;
const CHANNELS = 64;
const SIDE = 256;
// Every tenth concept of both coloured sets, each on one of these backgrounds.
const STRIDE = 10;
const BACKGROUNDS = [
  [0.97, 0.97, 0.98],
  [0.82, 0.91, 1],
  [0.08, 0.09, 0.22],
  [0.99, 0.92, 0.78],
  [0.55, 0.8, 0.5],
];

/** Lightness and two hues, orthonormal over a cell. */
const CONSTANTS = [
  [1, 1, 1],
  [1, 0, -1],
  [1, -2, 1],
].map((colour) => {
  const size = Math.hypot(...colour) * CELL;
  return Array.from({ length: PATCH }, (_, i) => (colour[i % 3] as number) / size);
});

/** Three constant patterns, then the principal components of what is left of the patches. */
export async function computeBasis(): Promise<Float32Array> {
  const covariance = await collectCovariance();
  const patterns = [...CONSTANTS, ...eigenvectors(covariance, PATCH).slice(0, CHANNELS - 3)];
  return Float32Array.from(patterns.flat());
}

async function collectCovariance(): Promise<Float64Array> {
  await loadRasterizer();
  const concepts = (await loadConcepts()).filter(({ index }) => index % STRIDE === 0);
  const sum = new Float64Array(PATCH * PATCH);
  let turn = 0;
  for (const set of [await loadIconSet('noto'), await loadIconSet('fluent-emoji-flat')]) {
    for (const { name } of concepts) {
      const { data } = runAtOnce(rasterize(set.svg(name), SIDE));
      addPatches(data, BACKGROUNDS[turn % BACKGROUNDS.length] as number[], sum);
      turn += 1;
    }
  }
  return sum;
}

function addPatches(pixels: Float32Array, background: number[], sum: Float64Array): void {
  for (let y = 0; y < SIDE; y += CELL) {
    for (let x = 0; x < SIDE; x += CELL) {
      const patch = readPatch(pixels, background, x, y);
      const mirrored = patch.map((_, i) => patch[mirror(i)] as number);
      for (const seen of [patch, mirrored]) addOuter(seen, sum);
    }
  }
}

// The index of the same colour at the pixel that a mirror shows.
function mirror(i: number): number {
  const [row, column, colour] = [Math.floor(i / 24), Math.floor(i / 3) % CELL, i % 3];
  return (row * CELL + CELL - 1 - column) * 3 + colour;
}

function readPatch(pixels: Float32Array, background: number[], x: number, y: number): Float64Array {
  const patch = new Float64Array(PATCH);
  const mean = [0, 0, 0];
  for (let i = 0; i < PATCH; i++) {
    const at = ((y + Math.floor(i / 24)) * SIDE + x + (Math.floor(i / 3) % CELL)) * 4;
    const clear = 1 - (pixels[at + 3] as number);
    const value = (pixels[at + (i % 3)] as number) + clear * (background[i % 3] as number);
    patch[i] = value;
    mean[i % 3] = (mean[i % 3] as number) + value / (CELL * CELL);
  }
  return patch.map((value, i) => value - (mean[i % 3] as number));
}

function addOuter(patch: Float64Array, sum: Float64Array): void {
  for (let i = 0; i < PATCH; i++) {
    const value = patch[i] as number;
    if (Math.abs(value) < 1e-9) continue;
    for (let j = 0; j < PATCH; j++) {
      sum[i * PATCH + j] = (sum[i * PATCH + j] as number) + value * (patch[j] as number);
    }
  }
}
