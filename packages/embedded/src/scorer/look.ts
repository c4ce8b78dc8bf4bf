import { runAtOnce, type Work } from 'comfygen/plugin';
import type { Sprite } from '../world/art/rasterize.ts';
import type { Region, Scan } from './find-things.ts';
import { fillHoles } from './grid.ts';
import type { Picture } from './picture.ts';

/** Cells a side of what is compared. */
export const SIDE = 24;
const CELLS = SIDE * SIDE;

/** A thing cut out of a picture and scaled to `SIDE × SIDE` cells, so that its longer side fills them. */
export interface Look {
  /** How much of each cell the thing covers, holes filled, 0 to 1. */
  readonly solid: Float32Array;
  /** Mean lightness of each cell with what is behind the thing, 0 to 1. */
  readonly light: Float32Array;
}

/** A drawing scaled to the same cells, with its holes known. */
export interface Drawing {
  readonly solid: Float32Array;
  /** Of each cell, 0 to 1: coverage without the holes, then lightness and chroma times coverage. */
  readonly layers: readonly [cover: Float32Array, light: Float32Array, chroma: Float32Array];
}

/** The look of a thing in a picture. */
export function* lookAt({ width, rgb }: Picture, { solid }: Scan, region: Region): Work<Look> {
  const out = { solid: new Float32Array(CELLS), light: new Float32Array(CELLS) };
  const isInside = (x: number, y: number) =>
    x >= region.left && y >= region.top && x < region.right && y < region.bottom;
  yield* forCells(region, (cell, x, y, share) => {
    const inside = isInside(x, y);
    // Beyond the thing's own box others may stand.
    const [column, row] = clampTo(region, x, y);
    const at = row * width + column;
    if (inside) add(out.solid, cell, share * (solid[at] as number));
    add(out.light, cell, share * lightness(rgb, at * 3));
  });
  return out;
}

/** The cells of a drawing; `undefined` for an empty one. */
export function readDrawing(sprite: Sprite): Drawing | undefined {
  const { side, data } = sprite;
  const cells = new Uint8Array(side * side);
  const box = { left: side, top: side, right: 0, bottom: 0 };
  for (let at = 0; at < cells.length; at++) {
    if ((data[at * 4 + 3] as number) < 0.25) continue;
    const [x, y] = [at % side, Math.floor(at / side)];
    cells[at] = 1;
    box.left = Math.min(box.left, x);
    box.top = Math.min(box.top, y);
    box.right = Math.max(box.right, x + 1);
    box.bottom = Math.max(box.bottom, y + 1);
  }
  if (box.right === 0) return undefined;
  const filled = runAtOnce(fillHoles({ width: side, height: side, cells })).cells;
  const solid = new Float32Array(CELLS);
  const layers = [0, 1, 2].map(() => new Float32Array(CELLS)) as unknown as Drawing['layers'];
  const cover = forCells(box, (cell, x, y, share) => {
    if (x < 0 || y < 0 || x >= side || y >= side) return;
    const at = y * side + x;
    const pixel = data.subarray(at * 4, at * 4 + 4);
    add(solid, cell, share * (filled[at] as number));
    add(layers[0], cell, share * (pixel[3] as number));
    add(layers[1], cell, share * lightness(pixel, 0));
    add(layers[2], cell, share * chroma(pixel));
  });
  runAtOnce(cover);
  return { solid, layers };
}

/** Left and right swapped. */
export const mirrorLook = ({ solid, light }: Look): Look => ({
  solid: mirrorCells(solid),
  light: mirrorCells(light),
});

const mirrorCells = (cells: Float32Array) => {
  const side = Math.sqrt(cells.length);
  return cells.map((_, at) => cells[at - 2 * (at % side) + side - 1] as number);
};

/** A look with half as many cells a side. */
export const halveLook = ({ solid, light }: Look): Look => ({
  solid: halveCells(solid),
  light: halveCells(light),
});

/** Means of two by two cells of a square. */
export function halveCells(cells: Float32Array): Float32Array {
  const side = Math.sqrt(cells.length);
  const half = side / 2;
  return Float32Array.from({ length: half * half }, (_, at) => {
    const from = Math.floor(at / half) * 2 * side + (at % half) * 2;
    const sum = [0, 1, side, side + 1].reduce((all, i) => all + (cells[from + i] as number), 0);
    return sum / 4;
  });
}

/**
 * Visits the pixels under each cell of a square around a region, with the share of the cell that each
 * covers. The square may reach beyond the picture.
 */
function* forCells(
  { left, top, right, bottom }: Region,
  visit: (cell: number, x: number, y: number, share: number) => void,
): Work<void> {
  const size = Math.max(right - left, bottom - top);
  const step = size / SIDE;
  const columns = spans((left + right - size) / 2, step);
  const rows = spans((top + bottom - size) / 2, step);
  for (let row = 0; row < SIDE; row++) {
    for (const [y, down] of rows[row] as Span[]) {
      for (let column = 0; column < SIDE; column++) {
        for (const [x, across] of columns[column] as Span[]) {
          visit(row * SIDE + column, x, y, (down * across) / (step * step));
        }
      }
      yield;
    }
  }
}

type Span = [pixel: number, covered: number];

function spans(start: number, step: number): Span[][] {
  return Array.from({ length: SIDE }, (_, i) => {
    const [from, to] = [start + i * step, start + (i + 1) * step];
    const out: Span[] = [];
    for (let pixel = Math.floor(from); pixel < to; pixel++) {
      const covered = Math.min(to, pixel + 1) - Math.max(from, pixel);
      if (covered > 1e-9) out.push([pixel, covered]);
    }
    return out;
  });
}

function clampTo({ left, top, right, bottom }: Region, x: number, y: number): [number, number] {
  return [Math.min(right - 1, Math.max(left, x)), Math.min(bottom - 1, Math.max(top, y))];
}

function add(cells: Float32Array, at: number, value: number): void {
  cells[at] = (cells[at] as number) + value;
}

const lightness = (rgb: Float32Array, at: number) =>
  0.299 * (rgb[at] as number) + 0.587 * (rgb[at + 1] as number) + 0.114 * (rgb[at + 2] as number);

const chroma = (pixel: Float32Array) => {
  const [r = 0, g = 0, b = 0] = pixel;
  return Math.max(r, g, b) - Math.min(r, g, b);
};
