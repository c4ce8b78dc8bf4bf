import type { Work } from 'comfygen/plugin';
import type { Sprite } from './rasterize.ts';

/** Left and right swapped. */
export function* mirror({ side, data }: Sprite): Work<Sprite> {
  const out = new Float32Array(data.length);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = (y * side + x) * 4;
      out.set(data.subarray(from, from + 4), (y * side + side - 1 - x) * 4);
    }
    yield;
  }
  return { side, data: out };
}

/** `a` at share 0, `b` at 1; in between and beyond in proportion, kept within 0 and 1. */
export function* mixSprites(a: Sprite, b: Sprite, share: number): Work<Sprite> {
  if (share === 1) return b;
  const data = new Float32Array(a.data.length);
  for (let i = 0; i < data.length; i++) {
    const value = a.data[i] as number;
    const mixed = value + ((b.data[i] as number) - value) * share;
    data[i] = Math.min(1, Math.max(0, mixed));
    if (i % (a.side * 4) === 0) yield;
  }
  return { side: a.side, data };
}

/** A box blur of so many pixels to each side, twice. */
export function* blur(sprite: Sprite, radius: number): Work<Sprite> {
  const reach = Math.round(radius);
  if (reach < 1) return sprite;
  const step = sprite.side * 4;
  let data = sprite.data;
  for (let pass = 0; pass < 2; pass++) {
    data = yield* blurLines(data, sprite.side, reach, 4, step);
    data = yield* blurLines(data, sprite.side, reach, step, 4);
  }
  return { side: sprite.side, data };
}

function* blurLines(
  data: Float32Array,
  side: number,
  reach: number,
  along: number,
  across: number,
): Work<Float32Array> {
  const out = new Float32Array(data.length);
  const width = 2 * reach + 1;
  for (let line = 0; line < side; line++) {
    for (let c = 0; c < 4; c++) {
      const start = line * across + c;
      for (let i = 0; i < side; i++) {
        let sum = 0;
        for (let k = Math.max(0, i - reach); k <= Math.min(side - 1, i + reach); k++) {
          sum += data[start + k * along] as number;
        }
        out[start + i * along] = sum / width;
      }
    }
    yield;
  }
  return out;
}
