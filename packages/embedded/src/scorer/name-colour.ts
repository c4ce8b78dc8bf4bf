import type { Colour } from '../world/words/colours.ts';

/** Shares by colour name, 0 to 1. */
export type Shares = Partial<Record<Colour, number>>;

/** The names of a colour, with shares. */
export interface ColourName {
  /** How much colour it has, 0 to 1. */
  readonly chroma: number;
  /** Names of its hue; they add up to 1, or are none without chroma. */
  readonly hues: Shares;
  /** How much it is black, grey and white; they add up to 1, or to less with chroma. */
  readonly greys: Shares;
}

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

/** Names a colour of red, green and blue, 0 to 1. */
export function nameColour(r: number, g: number, b: number): ColourName {
  const [high, low] = [Math.max(r, g, b), Math.min(r, g, b)];
  const chroma = ramp(high - low, 0.06, 0.3);
  const hues = chroma > 0 ? nameHue([r, g, b], high, low) : {};
  const greys: Shares = {};
  addShares(greys, nameGrey((high + low) / 2), 1 - ramp(high - low, 0.06, 0.16));
  return { chroma, hues, greys };
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

/** Adds `shares` times `weight` to others. */
export function addShares(into: Shares, shares: Shares, weight: number): void {
  for (const [name, share] of Object.entries(shares) as [Colour, number][]) {
    into[name] = (into[name] ?? 0) + share * weight;
  }
}

const sum = (shares: Shares) => Object.values(shares).reduce((total, share) => total + share, 0);

/** Shares over a total. */
export function divide(shares: Shares, total: number): Shares {
  const entries = Object.entries(shares).map(([name, share]) => [
    name,
    total > 0 ? share / total : 0,
  ]);
  return Object.fromEntries(entries);
}

/** 0 up to `from`, 1 from `to` on, a straight line between. */
export function ramp(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}
