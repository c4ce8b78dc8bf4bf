import type { Bank, Entry } from './bank.ts';
import { totalOf, type Wish } from './wish.ts';

// How much of a colour or a place is left for what nobody asked for.
const REST = 0.03;

/**
 * The logarithm of each entry's probability under a wish. A wish without things holds all of the
 * bank's things equally likely; with things, `leak` is the share of the others.
 */
export function logPrior(bank: Bank, wish: Wish, leak: number): Float64Array {
  const things = new Set(bank.entries.map(({ thing }) => thing));
  const asked = new Map([...wish.things].filter(([thing]) => things.has(thing)));
  const total = totalOf(asked);
  const tinted = new Set(bank.entries.filter(({ colour }) => colour >= 0).map((e) => e.thing));
  const colours = [...new Set(bank.entries.map(({ colour }) => colour))];
  const ofThing = ({ thing }: Entry) =>
    total > 0
      ? (1 - leak) * ((asked.get(thing) ?? 0) / total) + leak / things.size
      : 1 / things.size;
  const anything = total === 0 && wish.colours.size === 0 && wish.scenes.size === 0;
  const share = (wanted: ReadonlyMap<number, number>, options: readonly number[], axis: number) =>
    anything ? 1 / options.length : shareOf(wanted, options, axis);
  return Float64Array.from(bank.entries, (entry) => {
    const colour = tinted.has(entry.thing) ? share(wish.colours, colours, entry.colour) : 1;
    const scene = share(wish.scenes, bank.scenes, bank.scenes[entry.background] as number);
    return Math.log((ofThing(entry) * colour * scene) / entry.poses);
  });
}

// −1 is what comes without being asked for. Attention below 1 asks for less than all.
function shareOf(
  wanted: ReadonlyMap<number, number>,
  options: readonly number[],
  axis: number,
): number {
  if (options.length === 1) return 1;
  const total = totalOf(wanted);
  const strength = Math.min(1, total);
  const even = REST / options.length;
  const own = axis < 0 ? (1 - REST) * (1 - strength) : 0;
  const given = total > 0 ? (1 - REST) * strength * ((wanted.get(axis) ?? 0) / total) : 0;
  return even + own + given;
}
