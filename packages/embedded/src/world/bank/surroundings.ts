import type { Tensor } from '../../model/types.ts';
import { BASIS, PATCH } from '../codec/basis.ts';
import { GREY, SCALE } from '../codec/codec.ts';
import type { Rgb } from '../words/colours.ts';

/**
 * The colours behind the things of a picture, a row each: those at its left and right edge, as far as `isKept`, else
 * those of the nearest row that has some. `undefined` where no edge is kept.
 */
export function surroundingsOf(
  { shape, data }: Tensor,
  isKept: (cell: number) => boolean = () => true,
): Rgb[] | undefined {
  const [, , height = 0, width = 0] = shape;
  const rows = Array.from({ length: height }, (_, y) => {
    const kept = [y * width, (y + 1) * width - 1].filter(isKept);
    const [a, b = a] = kept.map((cell) => colourOf(data, cell, width * height));
    return a && b && (a.map((value, c) => (value + (b[c] as number)) / 2) as unknown as Rgb);
  });
  if (rows.every((row) => row === undefined)) return undefined;
  const nearest = (y: number): Rgb => {
    for (let off = 0; ; off++) {
      const found = rows[y - off] ?? rows[y + off];
      if (found) return found;
    }
  };
  return rows.map((_, y) => nearest(y));
}

// Nobody sees less on a whole background.
const FAR = 0.06;

/** Whether two backgrounds look different. */
export function isFar(a: readonly Rgb[], b: readonly Rgb[]): boolean {
  const sum = a.reduce((all, colour, y) => {
    const other = b[y] as Rgb;
    return all + Math.max(...colour.map((value, c) => Math.abs(value - (other[c] as number))));
  }, 0);
  return sum > FAR * a.length;
}

/** The even colour of one cell of the first latent. */
function colourOf(data: Float32Array, cell: number, cells: number): Rgb {
  const channel = (c: number) => {
    let value = GREY;
    for (let i = 0; i < 3; i++) {
      value += ((data[i * cells + cell] as number) / SCALE) * (BASIS[i * PATCH + c] as number);
    }
    return value;
  };
  return [channel(0), channel(1), channel(2)];
}
