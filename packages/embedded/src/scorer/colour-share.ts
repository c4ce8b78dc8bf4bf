import type { Work } from 'comfygen/plugin';
import type { Colour } from '../world/words/colours.ts';
import type { Region, Scan } from './find-things.ts';
import { addShares, divide, nameColour, ramp, type Shares } from './name-colour.ts';
import type { Picture } from './picture.ts';

/** The shares of a thing's colours. */
export interface Palette {
  /** Shares of its coloured pixels by hue, 0 to 1; stronger colours count more. */
  readonly hues: Readonly<Partial<Record<Colour, number>>>;
  /** Shares of all of its pixels by grey tone. */
  readonly greys: Readonly<Partial<Record<Colour, number>>>;
  /** Share of its pixels with any colour, 0 to 1. */
  readonly chroma: number;
}

// Levels a channel that are told apart; each of their colours is named once.
const LEVELS = 32;
// Pixels a side that are looked at.
const SAMPLES = 128;

/** The colours of a thing's own pixels. */
export function* paletteOf({ width, rgb }: Picture, { mask }: Scan, region: Region): Work<Palette> {
  const counts = new Map<number, number>();
  const { left, top, right, bottom } = region;
  const step = Math.max(1, Math.floor(Math.max(right - left, bottom - top) / SAMPLES));
  for (let y = top; y < bottom; y += step) {
    for (let x = left; x < right; x += step) {
      const at = y * width + x;
      if (!mask[at]) continue;
      const [r, g, b] = [0, 1, 2].map((c) =>
        Math.round((rgb[at * 3 + c] as number) * (LEVELS - 1)),
      );
      const key = ((r as number) * LEVELS + (g as number)) * LEVELS + (b as number);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    yield;
  }
  return yield* nameCounts(counts);
}

function* nameCounts(counts: ReadonlyMap<number, number>): Work<Palette> {
  const hues: Shares = {};
  const greys: Shares = {};
  let [coloured, all, inColour] = [0, 0, 0];
  for (const [key, count] of counts) {
    const level = (value: number) => (value % LEVELS) / (LEVELS - 1);
    const name = nameColour(
      level(Math.floor(key / LEVELS / LEVELS)),
      level(Math.floor(key / LEVELS)),
      level(key),
    );
    all += count;
    coloured += name.chroma * count;
    if (name.chroma > 0.2) inColour += count;
    addShares(hues, name.hues, name.chroma * count);
    addShares(greys, name.greys, count);
    yield;
  }
  return {
    hues: divide(hues, coloured),
    greys: divide(greys, all),
    chroma: all === 0 ? 0 : inColour / all,
  };
}

const GREYS: readonly Colour[] = ['black', 'grey', 'white'];

/** How well a palette fits the colours that were asked for, 0 to 1. */
export function fitColours({ hues, greys, chroma }: Palette, asked: readonly Colour[]): number {
  // A purple butterfly with black seams is no black one.
  const isGrey = asked.every((colour) => GREYS.includes(colour));
  const plain = isGrey ? 1 - ramp(chroma, 0.35, 0.65) : 1;
  const fits = asked.map((colour) => {
    const [share, enough] = GREYS.includes(colour)
      ? [(greys[colour] ?? 0) * plain, 0.55]
      : [(hues[colour] ?? 0) * ramp(chroma, 0.03, 0.15), 0.7];
    return ramp(share, 0.1 / asked.length, enough / asked.length);
  });
  return fits.reduce((total, fit) => total + fit, 0) / Math.max(1, fits.length);
}
