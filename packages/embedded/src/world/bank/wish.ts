import type { Tensor } from '../../model/types.ts';
import type { Axes } from '../words/axes.ts';

/** What an embedding asks for: how much attention lies on each thing, colour and scene. */
export interface Wish {
  readonly things: ReadonlyMap<number, number>;
  readonly colours: ReadonlyMap<number, number>;
  readonly scenes: ReadonlyMap<number, number>;
}

/** The sums of an embedding's tokens by axis; attention below zero counts as none. */
export function readWish({ shape, data }: Tensor, axes: Axes): Wish {
  const width = shape.at(-1) ?? 0;
  const wish = { things: new Map(), colours: new Map(), scenes: new Map() };
  for (let axis = 0; axis < Math.min(width, axes.width); axis++) {
    let sum = 0;
    for (let at = axis; at < data.length; at += width) sum += data[at] as number;
    if (sum <= 0) continue;
    if (axis < axes.colours) wish.things.set(axis, sum);
    else if (axis < axes.scenes) wish.colours.set(axis - axes.colours, sum);
    else wish.scenes.set(axis - axes.scenes, sum);
  }
  return wish;
}

/** The sum of some attention. */
export const totalOf = (attention: ReadonlyMap<number, number>): number =>
  [...attention.values()].reduce((sum, value) => sum + value, 0);

/** The axes with the most attention, at most `count`, each at least `share` of the largest. */
export function strongest(
  attention: ReadonlyMap<number, number>,
  count: number,
  share: number,
): number[] {
  const sorted = [...attention].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const floor = (sorted[0]?.[1] ?? 0) * share;
  return sorted.slice(0, count).flatMap(([axis, value]) => (value >= floor ? axis : []));
}
