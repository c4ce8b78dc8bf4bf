import type { Work } from 'comfygen/plugin';
import { findForeground } from './foreground.ts';
import { fillHoles, label, shrink } from './grid.ts';
import type { Picture } from './picture.ts';

/** A part of a picture, in pixels; `right` and `bottom` are just outside of it. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Something that stands out from the ground. */
interface Thing extends Region {
  /** Pixels that it covers. */
  readonly area: number;
}

/** The things that stand out from the ground of a picture. */
export interface Scan {
  readonly things: readonly Thing[];
  /** Pixel by pixel, 1 where something stands out; holes are filled. */
  readonly solid: Uint8Array;
  /** The same before holes are filled. */
  readonly mask: Uint8Array;
}

// Cells on the longer side while islands are looked for.
const CELLS = 192;
// Two islands are one thing when the gap between them is below this share of the larger one's side …
const GAP = 0.1;
// … or below this, where one is small beside the other.
const GAP_OF_SMALL = 0.16;
const SMALL = 0.2;
// What covers less than this of the picture, or of what the largest thing covers, is none.
const LEAST = 0.0015;
const LEAST_BESIDE = 0.08;

/**
 * Finds the things of a picture, from the largest to the smallest. `step` is the least difference
 * from the ground, 0 to 1.
 */
export function* findThings(picture: Picture, step: number): Work<Scan> {
  const { width, height } = picture;
  const mask = yield* findForeground(picture, step);
  const full = { width, height, cells: mask };
  const size = Math.max(1, Math.round(Math.max(width, height) / CELLS));
  const grid = yield* shrink(full, size);
  const { labels, count } = label(grid);
  const islands = measureIslands(labels, count, grid.width);
  const things = mergeNear(islands.filter(({ area }) => area > 1))
    .map(({ left, top, right, bottom, area }) => ({
      left: left * size,
      top: top * size,
      right: Math.min(width, right * size),
      bottom: Math.min(height, bottom * size),
      area: area * size * size,
    }))
    .sort((a, b) => b.area - a.area || a.top - b.top || a.left - b.left);
  const largest = things[0]?.area ?? 0;
  const least = Math.max(LEAST * width * height, LEAST_BESIDE * largest);
  return {
    things: things.filter(({ area }) => area >= least),
    solid: (yield* fillHoles(full)).cells,
    mask,
  };
}

function measureIslands(labels: Uint32Array, count: number, width: number): Thing[] {
  const islands = Array.from({ length: count }, () => ({
    left: Number.POSITIVE_INFINITY,
    top: Number.POSITIVE_INFINITY,
    right: 0,
    bottom: 0,
    area: 0,
  }));
  labels.forEach((name, at) => {
    const island = islands[name - 1];
    if (island === undefined) return;
    const [x, y] = [at % width, Math.floor(at / width)];
    island.left = Math.min(island.left, x);
    island.top = Math.min(island.top, y);
    island.right = Math.max(island.right, x + 1);
    island.bottom = Math.max(island.bottom, y + 1);
    island.area += 1;
  });
  return islands;
}

// The nearest two first, until all are too far apart.
function mergeNear(islands: Thing[]): Thing[] {
  const things = [...islands].sort((a, b) => b.area - a.area).slice(0, 80);
  for (;;) {
    let best = { a: -1, b: -1, nearness: 1 };
    for (let a = 0; a < things.length; a++) {
      for (let b = a + 1; b < things.length; b++) {
        const nearness = gapRatio(things[a] as Thing, things[b] as Thing);
        if (nearness < best.nearness) best = { a, b, nearness };
      }
    }
    if (best.a < 0) return things;
    const [removed] = things.splice(best.b, 1);
    things[best.a] = join(things[best.a] as Thing, removed as Thing);
  }
}

/** Below 1 where two islands are parts of one thing. */
function gapRatio(a: Thing, b: Thing): number {
  const across = Math.max(a.left, b.left) - Math.min(a.right, b.right);
  const down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
  const gap = Math.max(0, across, down);
  const side = Math.max(sideOf(a), sideOf(b));
  const isSmall = Math.min(sideOf(a), sideOf(b)) < SMALL * side;
  return gap / (side * (isSmall ? GAP_OF_SMALL : GAP));
}

const sideOf = ({ left, top, right, bottom }: Region) => Math.max(right - left, bottom - top);

const join = (a: Thing, b: Thing): Thing => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
  area: a.area + b.area,
});
