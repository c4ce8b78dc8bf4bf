import type { Work } from 'comfygen/plugin';
import { damaged } from './bits.ts';
import type { Component, Frame, Tables } from './frame.ts';

// Where each coefficient in zigzag order stands in its block.
const ZIGZAG = Uint8Array.from(
  Array.from({ length: 64 }, (_, i) => i)
    .map((i) => ({ i, x: i & 7, y: i >> 3 }))
    .sort((a, b) => a.x + a.y - (b.x + b.y) || ((a.x + a.y) % 2 === 0 ? b.y - a.y : a.y - b.y)),
  ({ i }) => i,
);

// cos((2x + 1) u π / 16) / 2 with 1/√2 for u = 0, so that both directions together are the inverse transform.
const COSINES = Float32Array.from({ length: 64 }, (_, i) => {
  const [x, u] = [i & 7, i >> 3];
  return (Math.cos(((2 * x + 1) * u * Math.PI) / 16) / 2) * (u === 0 ? Math.SQRT1_2 : 1);
});

/** Paints rows of units into a picture of red, green and blue, once their coefficients are whole. */
export interface Painter {
  /** Paints row `row` of units, of those stored; channels of less detail are spread evenly. */
  paint(row: number, rgb: Uint8ClampedArray): Work<void>;
}

/** A painter for a frame and its tables. */
export function createPainter(frame: Frame, tables: Tables): Painter {
  const { width, height, components, hMax, vMax } = frame;
  const factors = components.map(({ quantisation }) => {
    const table = tables.quantisation[quantisation];
    if (table === undefined) throw damaged();
    return table;
  });
  const strips = components.map(({ stride, v }) => new Uint8ClampedArray(stride * 8 * v * 8));
  const toRgb = colourRule(frame, tables);
  const colour = new Uint8ClampedArray(4);
  return {
    *paint(row, rgb) {
      for (const [c, component] of components.entries()) {
        fillStrip(component, row, factors[c]!, strips[c]!);
        yield;
      }
      const top = row * 8 * vMax;
      for (let y = top; y < Math.min(height, top + 8 * vMax); y += 1) {
        for (let x = 0; x < width; x += 1) {
          for (let c = 0; c < components.length; c += 1) {
            const { h, v, stride } = components[c]!;
            const line = Math.floor(((y - top) * v) / vMax) * stride * 8;
            colour[c] = strips[c]![line + Math.floor((x * h) / hMax)]!;
          }
          toRgb(colour, rgb, (y * width + x) * 3);
        }
        yield;
      }
    },
  };
}

const block = new Float32Array(64);
const half = new Float32Array(64);

function fillStrip(
  { blocks, stride, v, storedRows }: Component,
  unitRow: number,
  factors: Uint16Array,
  strip: Uint8ClampedArray,
): void {
  for (let down = 0; down < v; down += 1) {
    const row = (unitRow * v + down) % storedRows;
    for (let column = 0; column < stride; column += 1) {
      const at = (row * stride + column) * 64;
      let last = 0;
      block.fill(0);
      for (let k = 0; k < 64; k += 1) {
        const value = blocks[at + k]!;
        if (value === 0) continue;
        block[ZIGZAG[k]!] = value * factors[k]!;
        last = k;
      }
      const to = down * 8 * stride * 8 + column * 8;
      if (last === 0) fillFlat(strip, to, stride * 8, block[0]! / 8 + 128);
      else transform(strip, to, stride * 8);
    }
  }
}

function fillFlat(strip: Uint8ClampedArray, to: number, line: number, value: number): void {
  for (let y = 0; y < 8; y += 1) strip.fill(value, to + y * line, to + y * line + 8);
}

/** The inverse cosine transform of `block`: rows first, then columns. */
function transform(strip: Uint8ClampedArray, to: number, line: number): void {
  for (let v = 0; v < 8; v += 1) {
    for (let x = 0; x < 8; x += 1) {
      let sum = 0;
      for (let u = 0; u < 8; u += 1) sum += block[v * 8 + u]! * COSINES[u * 8 + x]!;
      half[v * 8 + x] = sum;
    }
  }
  for (let y = 0; y < 8; y += 1) {
    for (let x = 0; x < 8; x += 1) {
      let sum = 128;
      for (let v = 0; v < 8; v += 1) sum += half[v * 8 + x]! * COSINES[v * 8 + y]!;
      strip[to + y * line + x] = sum;
    }
  }
}

type ColourRule = (from: Uint8ClampedArray, rgb: Uint8ClampedArray, at: number) => void;

function colourRule({ components }: Frame, { transform: told }: Tables): ColourRule {
  if (components.length === 1) return ([y = 0], rgb, at) => rgb.fill(y, at, at + 3);
  if (components.length === 3) {
    const named = String.fromCharCode(...components.map(({ id }) => id)) === 'RGB';
    if (told === 0 || (told === undefined && named)) {
      return (from, rgb, at) => rgb.set(from.subarray(0, 3), at);
    }
    return fromYCbCr;
  }
  // Adobe's programs store inks the other way round.
  const isInverted = told !== undefined;
  return (from, rgb, at) => {
    if (told === 2) fromYCbCr(from, rgb, at);
    else rgb.set(from.subarray(0, 3), at);
    const black = isInverted ? from[3]! : 255 - from[3]!;
    for (let c = at; c < at + 3; c += 1) {
      rgb[c] = ((isInverted ? rgb[c]! : 255 - rgb[c]!) * black) / 255;
    }
  };
}

function fromYCbCr(from: Uint8ClampedArray, rgb: Uint8ClampedArray, at: number): void {
  const [y, blue, red] = [from[0]!, from[1]! - 128, from[2]! - 128];
  rgb[at] = y + 1.402 * red;
  rgb[at + 1] = y - 0.344136 * blue - 0.714136 * red;
  rgb[at + 2] = y + 1.772 * blue;
}
