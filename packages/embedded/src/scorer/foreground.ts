import type { Work } from 'comfygen/plugin';
import type { Picture } from './picture.ts';

// Of the picture's width, where the ground is looked for at each side.
const BORDER = 0.03;

type Rgb = readonly [number, number, number];

/**
 * Tells things from what is behind them: 1 a pixel where one of its channels differs from the ground
 * by `step` or more, else 0. The ground has one colour a row, at the left and at the right border;
 * where the two differ, either counts.
 */
export function* findForeground({ width, height, rgb }: Picture, step: number): Work<Uint8Array> {
  const border = Math.max(1, Math.round(width * BORDER));
  const mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const left = medianColour(rgb, y * width, border);
    const right = medianColour(rgb, (y + 1) * width - border, border);
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const isGround = distance(rgb, at, left) < step || distance(rgb, at, right) < step;
      mask[y * width + x] = isGround ? 0 : 1;
    }
    yield;
  }
  return mask;
}

function medianColour(rgb: Float32Array, from: number, count: number): Rgb {
  const channel = (c: number) => {
    const values = Array.from({ length: count }, (_, i) => rgb[(from + i) * 3 + c] as number);
    return values.sort((a, b) => a - b)[count >> 1] as number;
  };
  return [channel(0), channel(1), channel(2)];
}

const distance = (rgb: Float32Array, at: number, [r, g, b]: Rgb) =>
  Math.max(
    Math.abs((rgb[at] as number) - r),
    Math.abs((rgb[at + 1] as number) - g),
    Math.abs((rgb[at + 2] as number) - b),
  );
