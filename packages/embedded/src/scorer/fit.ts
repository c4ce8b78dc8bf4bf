import type { BriefParts } from 'comfygen/plugin';
import type { Region } from './find-things.ts';

// The best that a wrong number can get.
const NEARLY = 0.4;
// Sides of a thing that two centres must be apart to be surely beside each other.
const APART = 0.4;

/** 1 for the right number, else below 0.4: the smaller number over the larger, scaled. */
export function fitCount(found: number, asked: number): number {
  if (found === asked) return 1;
  return (NEARLY * Math.min(found, asked)) / Math.max(found, asked);
}

/** How well two things stand to each other as asked, 0 to 1, by their centres. */
export function fitPosition(
  first: Region,
  second: Region,
  relation: NonNullable<BriefParts['relation']>,
): number {
  const size = (sideOf(first) + sideOf(second)) / 2;
  const right = (middle(first.left, first.right) - middle(second.left, second.right)) / size;
  const down = (middle(first.top, first.bottom) - middle(second.top, second.bottom)) / size;
  if (relation === 'beside') return Math.abs(right) >= Math.abs(down) ? 1 : 0.6;
  const along = { left: -right, right, above: -down, below: down }[relation];
  const across = relation === 'left' || relation === 'right' ? down : right;
  const clear = Math.min(1, Math.max(0, along / APART));
  // Further off to the side than along, it is more beside than above.
  return Math.abs(across) > along ? clear * 0.5 : clear;
}

const middle = (from: number, to: number) => (from + to) / 2;
const sideOf = ({ left, top, right, bottom }: Region) => Math.max(right - left, bottom - top);
