import type { Work } from 'comfygen/plugin';
import type { Sprite } from './rasterize.ts';
import { blur } from './retouch.ts';

/** Where the lines of a drawing are, 0 to 1 a pixel: steps of colour, and its outline. */
export function* outlineOf(sprite: Sprite): Work<Float32Array> {
  const { side } = sprite;
  const { data } = yield* blur(sprite, side / 256);
  const out = new Float32Array(side * side);
  const reach = Math.max(1, Math.round(side / 170));
  const at = (x: number, y: number) =>
    (Math.min(side - 1, Math.max(0, y)) * side + Math.min(side - 1, Math.max(0, x))) * 4;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      for (let c = 0; c < 4; c++) {
        const across =
          (data[at(x + reach, y) + c] as number) - (data[at(x - reach, y) + c] as number);
        const down =
          (data[at(x, y + reach) + c] as number) - (data[at(x, y - reach) + c] as number);
        sum += across * across + down * down;
      }
      out[y * side + x] = Math.min(1, Math.sqrt(sum) * 1.6);
    }
    yield;
  }
  return out;
}

/** Blocks: so many a side, with so many steps a colour. */
export function* pixelate({ side, data }: Sprite, blocks: number, levels: number): Work<Sprite> {
  const out = new Float32Array(data.length);
  const edge = (block: number) => Math.round((block * side) / blocks);
  for (let by = 0; by < blocks; by++) {
    for (let bx = 0; bx < blocks; bx++) {
      const area = { x: edge(bx), y: edge(by), right: edge(bx + 1), bottom: edge(by + 1) };
      const pixel = quantize(meanOf(data, side, area), levels);
      for (let y = area.y; y < area.bottom; y++) {
        for (let x = area.x; x < area.right; x++) out.set(pixel, (y * side + x) * 4);
      }
      yield;
    }
  }
  return { side, data: out };
}

interface Area {
  x: number;
  y: number;
  right: number;
  bottom: number;
}

function meanOf(data: Float32Array, side: number, { x, y, right, bottom }: Area): number[] {
  const sum = [0, 0, 0, 0];
  for (let row = y; row < bottom; row++) {
    for (let column = x; column < right; column++) {
      const at = (row * side + column) * 4;
      for (let c = 0; c < 4; c++) sum[c] = (sum[c] as number) + (data[at + c] as number);
    }
  }
  const count = Math.max(1, (right - x) * (bottom - y));
  return sum.map((value) => value / count);
}

// A block is there or not; a half-covered one would look soft.
function quantize([r = 0, g = 0, b = 0, alpha = 0]: number[], levels: number): number[] {
  if (alpha < 0.5) return [0, 0, 0, 0];
  const step = (value: number) => Math.round((value / alpha) * levels) / levels;
  return [step(r), step(g), step(b), 1];
}
