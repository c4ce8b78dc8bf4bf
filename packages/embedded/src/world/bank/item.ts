import type { Sprite } from '../art/rasterize.ts';
import { CELL, CHANNELS, PATCH } from '../codec/basis.ts';
import { encodeCell } from '../codec/codec.ts';
import type { Background } from './background.ts';
import type { Box } from './pose.ts';

/** One picture of the bank: a background, and what a drawing changes in it. */
export interface Item {
  readonly box: Box;
  /** Picture minus background within the box, `[CHANNELS, side, side]`. */
  readonly change: Float32Array;
  /** Squared length of the picture minus that of its background. */
  readonly energy: number;
}

/** Puts a drawing of the box's size onto a background. */
export function createItem(sprite: Sprite, box: Box, background: Background): Item {
  const change = encodeChange(sprite, box, background);
  const { side } = box;
  let energy = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let row = 0; row < side; row++) {
      const behind = channel < 3 ? (background.latent[(box.y + row) * 3 + channel] as number) : 0;
      const start = (channel * side + row) * side;
      for (let i = start; i < start + side; i++) {
        const value = change[i] as number;
        energy += value * (value + 2 * behind);
      }
    }
  }
  return { box, change, energy };
}

// sprite + (1 − α) · background − background: the codec is linear, so the change alone is encoded.
function encodeChange(
  { side: pixels, data }: Sprite,
  box: Box,
  background: Background,
): Float32Array {
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
  }
  return out;
}

/** Σ x · change over the box, for a canvas `[CHANNELS, height, width]` that starts at `offset`. */
export function dotItem(
  { box, change }: Item,
  x: Float32Array,
  offset: number,
  width: number,
  height: number,
): number {
  const { side } = box;
  let sum = 0;
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let row = 0; row < side; row++) {
      const from = (channel * side + row) * side;
      const to = offset + (channel * height + box.y + row) * width + box.x;
      for (let i = 0; i < side; i++) sum += (x[to + i] as number) * (change[from + i] as number);
    }
  }
  return sum;
}

/** Adds `weight` · change to a canvas. */
export function addItem(
  { box, change }: Item,
  weight: number,
  out: Float32Array,
  offset: number,
  width: number,
  height: number,
): void {
  const { side } = box;
  for (let channel = 0; channel < CHANNELS; channel++) {
    for (let row = 0; row < side; row++) {
      const from = (channel * side + row) * side;
      const to = offset + (channel * height + box.y + row) * width + box.x;
      for (let i = 0; i < side; i++) {
        out[to + i] = (out[to + i] as number) + weight * (change[from + i] as number);
      }
    }
  }
}
