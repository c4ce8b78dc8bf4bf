import type { Work } from 'comfygen/plugin';
import type { Sprite } from '../art/rasterize.ts';
import { CELL, CHANNELS, PATCH } from '../codec/basis.ts';
import { encodeCell } from '../codec/codec.ts';
import type { Background } from './background.ts';
import type { Box } from './pose.ts';

/**
 * One picture of the bank: a background, and what a drawing changes in it. Most cells of a drawing are empty or of one
 * colour, which is in the first three channels: only what is not zero is kept.
 */
export interface Item {
  readonly box: Box;
  /** Picture minus background, within the box: the cells that the drawing touches, in the first three channels. */
  readonly flat: Cells;
  /** The same in all other channels, of the cells that are not of one colour. */
  readonly fine: Cells;
  /** Squared length of the picture minus that of its background. */
  readonly energy: number;
}

/** Some cells of a box, each as row × side + column, and their numbers channel by channel. */
interface Cells {
  readonly at: Uint32Array;
  readonly values: Float32Array;
}

// The channels that hold a cell's colour; the others are its pattern.
const FLAT = 3;

/** How many bytes an item takes. */
export const itemBytes = ({ flat, fine }: Item): number =>
  flat.at.byteLength + flat.values.byteLength + fine.at.byteLength + fine.values.byteLength;

/** Puts a drawing of the box's size onto a background. */
export function* createItem(sprite: Sprite, box: Box, background: Background): Work<Item> {
  const change = yield* encodeChange(sprite, box, background);
  const { side } = box;
  const cells = side * side;
  let energy = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let row = 0; row < side; row++) {
      const behind =
        channel < FLAT ? (background.latent[(box.y + row) * 3 + channel] as number) : 0;
      const start = (channel * side + row) * side;
      for (let i = start; i < start + side; i++) {
        const value = change[i] as number;
        energy += value * (value + 2 * behind);
      }
    }
    yield;
  }
  const flat = yield* keepCells(change, cells, 0, FLAT);
  const fine = yield* keepCells(change, cells, FLAT, CHANNELS);
  return { box, flat, fine, energy };
}

function* keepCells(change: Float32Array, cells: number, from: number, to: number): Work<Cells> {
  const touched = new Uint8Array(cells);
  for (let channel = from; channel < to; channel++) {
    for (let i = 0; i < cells; i++) if (change[channel * cells + i] !== 0) touched[i] = 1;
    yield;
  }
  const at = new Uint32Array(touched.reduce((sum, one) => sum + one, 0));
  for (let i = 0, next = 0; i < cells; i++) if (touched[i]) at[next++] = i;
  const values = new Float32Array(at.length * (to - from));
  for (let channel = from; channel < to; channel++) {
    const start = (channel - from) * at.length;
    for (let i = 0; i < at.length; i++) {
      values[start + i] = change[channel * cells + (at[i] as number)] as number;
    }
    yield;
  }
  return { at, values };
}

// sprite + (1 − α) · background − background: the codec is linear, so the change alone is encoded.
function* encodeChange(
  { side: pixels, data }: Sprite,
  box: Box,
  background: Background,
): Work<Float32Array> {
  const { side } = box;
  const cells = side * side;
  const out = new Float32Array(CHANNELS * cells);
  const patch = new Float32Array(PATCH);
  for (let row = 0; row < side; row++) {
    const behind = background.rows[box.y + row] ?? [0, 0, 0];
    for (let column = 0; column < side; column++) {
      let touched = false;
      for (let i = 0; i < CELL * CELL; i++) {
        const y = row * CELL + (i >> 3);
        const at = (y * pixels + column * CELL + (i & 7)) * 4;
        const alpha = data[at + 3] as number;
        touched ||= alpha > 0;
        for (let c = 0; c < 3; c++) {
          patch[i * 3 + c] = (data[at + c] as number) - alpha * (behind[c] as number);
        }
      }
      if (touched) encodeCell(patch, out, row * side + column, cells);
    }
    yield;
  }
  return out;
}

/** A canvas of latent cells, `[CHANNELS, height, width]` from `offset` on. */
export interface Canvas {
  data: Float32Array;
  offset: number;
  width: number;
  height: number;
}

/** Σ x · change over the box. */
export function dotItem(item: Item, x: Canvas): number {
  return dotCells(item.fine, item.box, x, FLAT, dotCells(item.flat, item.box, x, 0, 0));
}

// Sums go on from channel to channel, in the order in which a whole box would be summed up.
function dotCells(
  { at, values }: Cells,
  { side, x: left, y: top }: Box,
  { data, offset, width, height }: Canvas,
  first: number,
  start: number,
): number {
  const places = placesOf(at, side, width);
  let sum = start;
  for (let from = 0, channel = first; from < values.length; from += at.length, channel++) {
    const to = offset + (channel * height + top) * width + left;
    for (let i = 0; i < at.length; i++) {
      sum += (data[to + (places[i] as number)] as number) * (values[from + i] as number);
    }
  }
  return sum;
}

/** Adds `weight` · change to a canvas. */
export function addItem(item: Item, weight: number, out: Canvas): void {
  addCells(item.flat, item.box, weight, out, 0);
  addCells(item.fine, item.box, weight, out, FLAT);
}

function addCells(
  { at, values }: Cells,
  { side, x: left, y: top }: Box,
  weight: number,
  { data, offset, width, height }: Canvas,
  first: number,
): void {
  const places = placesOf(at, side, width);
  for (let from = 0, channel = first; from < values.length; from += at.length, channel++) {
    const start = offset + (channel * height + top) * width + left;
    for (let i = 0; i < at.length; i++) {
      const to = start + (places[i] as number);
      data[to] = (data[to] as number) + weight * (values[from + i] as number);
    }
  }
}

let places = new Uint32Array(0);

/** Where the cells of a box lie in rows of the canvas's width. The array is overwritten by the next call. */
function placesOf(at: Uint32Array, side: number, width: number): Uint32Array {
  if (places.length < at.length) places = new Uint32Array(at.length);
  for (let i = 0; i < at.length; i++) {
    const cell = at[i] as number;
    places[i] = Math.floor(cell / side) * width + (cell % side);
  }
  return places;
}
