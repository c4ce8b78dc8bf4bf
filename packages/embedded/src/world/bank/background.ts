import { CONSTANT, GREY } from '../codec/codec.ts';
import type { Rgb } from '../words/colours.ts';
import type { Scene } from '../words/scenes.ts';

/** A scene on a canvas of latent cells: one colour a row. */
export interface Background {
  readonly rows: readonly Rgb[];
  /** The first three channels of each row's cells; the others are zero. */
  readonly latent: Float32Array;
  /** Squared length of the whole canvas's latent. */
  readonly energy: number;
}

interface Extent {
  width: number;
  height: number;
  /** The first row, and the number of rows, of the picture that the canvas is a part of. */
  within: { y: number; height: number };
}

/** Paints a scene, after what LoRAs do to its colours. */
export function paintBackground(
  scene: Scene,
  { width, height, within }: Extent,
  repaint: (colour: Rgb) => Rgb,
): Background {
  const rows = Array.from({ length: height }, (_, row) =>
    repaint(colourAt(scene, (within.y + row + 0.5) / within.height)),
  );
  return layBackground(rows, width);
}

/** A background of one colour a row. */
export function layBackground(rows: readonly Rgb[], width: number): Background {
  const height = rows.length;
  const latent = new Float32Array(height * 3);
  let energy = 0;
  rows.forEach((colour, row) => {
    for (let channel = 0; channel < 3; channel++) {
      const weights = CONSTANT[channel] as Float32Array;
      let value = 0;
      for (let c = 0; c < 3; c++) value += (weights[c] as number) * ((colour[c] as number) - GREY);
      latent[row * 3 + channel] = value;
      energy += (latent[row * 3 + channel] as number) ** 2 * width;
    }
  });
  return { rows, latent, energy };
}

function colourAt({ sky, ground }: Scene, down: number): Rgb {
  if (ground && down > ground.from) {
    return mix(ground.colours, (down - ground.from) / (1 - ground.from));
  }
  return mix(sky, down / (ground?.from ?? 1));
}

const mix = ([a, b]: readonly [Rgb, Rgb], share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

/** Σ x · background over a canvas `[CHANNELS, height, width]` that starts at `offset`. */
export function dotBackground(
  { latent, rows }: Background,
  x: Float32Array,
  offset: number,
  width: number,
): number {
  const height = rows.length;
  let sum = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < height; row++) {
      const start = offset + (channel * height + row) * width;
      let line = 0;
      for (let i = 0; i < width; i++) line += x[start + i] as number;
      sum += line * (latent[row * 3 + channel] as number);
    }
  }
  return sum;
}

/** Adds `weight` · background to a canvas. */
export function addBackground(
  { latent, rows }: Background,
  weight: number,
  out: Float32Array,
  offset: number,
  width: number,
): void {
  const height = rows.length;
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < height; row++) {
      const value = weight * (latent[row * 3 + channel] as number);
      const start = offset + (channel * height + row) * width;
      for (let i = start; i < start + width; i++) out[i] = (out[i] as number) + value;
    }
  }
}
