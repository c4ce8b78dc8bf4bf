import type { Colour } from '../world/words/colours.ts';
import type { Region, Scan } from './find-things.ts';
import type { Picture } from './picture.ts';

/** How much of a thing has each colour. */
export interface Palette {
  /** Of its coloured pixels, those with more colour counting more: 0 to 1 a colour. */
  readonly hues: Readonly<Partial<Record<Colour, number>>>;
  /** Of all of its pixels. */
  readonly greys: Readonly<Partial<Record<Colour, number>>>;
  /** Share of its pixels with any colour, 0 to 1. */
  readonly chroma: number;
}

type Shares = Partial<Record<Colour, number>>;

// Hue in degrees where each colour begins; it ends where the next one begins.
const HUES: readonly [Colour, number][] = [
  ['red', -16],
  ['orange', 17],
  ['yellow', 40],
  ['green', 64],
  ['teal', 155],
  ['blue', 194],
  ['purple', 246],
  ['pink', 296],
  ['red', 344],
];
// Either side of a border, colours have both names.
const BLEND = 6;

/** The colours of a thing's own pixels. */
export function paletteOf({ width, rgb }: Picture, { mask }: Scan, region: Region): Palette {
  const hues: Shares = {};
  const greys: Shares = {};
  let [coloured, all, inColour] = [0, 0, 0];
  const step = Math.max(
    1,
    Math.floor(Math.max(region.right - region.left, region.bottom - region.top) / 128),
  );
  for (let y = region.top; y < region.bottom; y += step) {
    for (let x = region.left; x < region.right; x += step) {
      const at = y * width + x;
      if (!mask[at]) continue;
      const pixel = [rgb[at * 3], rgb[at * 3 + 1], rgb[at * 3 + 2]] as [number, number, number];
      const [high, low] = [Math.max(...pixel), Math.min(...pixel)];
      const weight = ramp(high - low, 0.06, 0.3);
      all += 1;
      coloured += weight;
      if (weight > 0.2) inColour += 1;
      if (weight > 0) addShares(hues, nameHue(pixel, high, low), weight);
      addShares(greys, nameGrey((high + low) / 2), 1 - ramp(high - low, 0.06, 0.16));
    }
  }
  return {
    hues: divide(hues, coloured),
    greys: divide(greys, all),
    chroma: all === 0 ? 0 : inColour / all,
  };
}

/** The names of a colour, shares that add up to 1. */
function nameHue([r, g, b]: [number, number, number], high: number, low: number): Shares {
  const chroma = high - low;
  const sextant =
    high === r
      ? ((g - b) / chroma + 6) % 6
      : high === g
        ? (b - r) / chroma + 2
        : (r - g) / chroma + 4;
  const turn = sextant * 60;
  const hue = turn > 344 ? turn - 360 : turn;
  const shares: Shares = {};
  HUES.forEach(([name, from], i) => {
    const to = HUES[i + 1]?.[1] ?? 376;
    const inside = Math.min(hue - from, to - hue);
    addShares(shares, { [name]: ramp(inside, -BLEND, BLEND) }, 1);
  });
  return divide(shiftByLight(shares, hue, high, chroma / high), sum(shares));
}

// Dark orange is brown, and light red is pink.
function shiftByLight(shares: Shares, hue: number, high: number, saturation: number): Shares {
  const warm = (shares.red ?? 0) + (shares.orange ?? 0) + (shares.yellow ?? 0);
  if (warm === 0) return shares;
  const dull = Math.max(
    1 - ramp(high, 0.58, 0.78),
    (1 - ramp(saturation, 0.35, 0.6)) * (1 - ramp(high, 0.75, 0.95)),
  );
  const brown = hue > 4 && hue < 50 ? dull : 0;
  const pink = (shares.red ?? 0) * (1 - ramp(saturation, 0.4, 0.62)) * ramp(high, 0.75, 0.9);
  const out: Shares = { ...shares, pink: (shares.pink ?? 0) + pink };
  out.red = (shares.red ?? 0) - pink;
  for (const name of ['red', 'orange', 'yellow'] as const) {
    const part = (out[name] ?? 0) * brown;
    out[name] = (out[name] ?? 0) - part;
    out.brown = (out.brown ?? 0) + part;
  }
  return out;
}

function nameGrey(light: number): Shares {
  const black = 1 - ramp(light, 0.3, 0.45);
  const white = ramp(light, 0.72, 0.88);
  return { black, white, grey: Math.max(0, 1 - black - white) };
}

/** How well a palette fits the colours that were asked for, 0 to 1. */
export function fitColours({ hues, greys, chroma }: Palette, asked: readonly Colour[]): number {
  const fits = asked.map((colour) => {
    const isGrey = colour === 'black' || colour === 'white' || colour === 'grey';
    const share = isGrey ? (greys[colour] ?? 0) : (hues[colour] ?? 0) * ramp(chroma, 0.03, 0.15);
    const enough = isGrey ? 0.55 : 0.7;
    return ramp(share, 0.1 / asked.length, enough / asked.length);
  });
  return fits.reduce((total, fit) => total + fit, 0) / Math.max(1, fits.length);
}

function addShares(into: Shares, shares: Shares, weight: number): void {
  for (const [name, share] of Object.entries(shares) as [Colour, number][]) {
    into[name] = (into[name] ?? 0) + share * weight;
  }
}

const sum = (shares: Shares) => Object.values(shares).reduce((total, share) => total + share, 0);

function divide(shares: Shares, total: number): Shares {
  const entries = Object.entries(shares).map(([name, share]) => [
    name,
    total > 0 ? share / total : 0,
  ]);
  return Object.fromEntries(entries);
}

function ramp(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}
