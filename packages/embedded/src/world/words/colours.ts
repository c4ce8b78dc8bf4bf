/** Red, green and blue, 0 to 1. */
export type Rgb = readonly [number, number, number];

/** The colours that things can be asked to have, by name; their order is that of their axes in text embeddings. */
export const COLOURS = {
  red: [0.85, 0.13, 0.13],
  orange: [0.97, 0.53, 0.1],
  yellow: [0.98, 0.82, 0.15],
  green: [0.2, 0.65, 0.25],
  teal: [0.1, 0.68, 0.68],
  blue: [0.16, 0.42, 0.88],
  purple: [0.5, 0.25, 0.75],
  pink: [0.97, 0.5, 0.7],
  brown: [0.5, 0.31, 0.18],
  black: [0.13, 0.13, 0.15],
  grey: [0.55, 0.56, 0.58],
  white: [0.97, 0.97, 0.97],
} as const satisfies Record<string, Rgb>;

/** A colour's name. */
export type Colour = keyof typeof COLOURS;

/** All names in the order of their axes. */
export const COLOUR_NAMES = Object.keys(COLOURS) as Colour[];

const SYNONYMS: Record<string, Colour> = {
  crimson: 'red',
  scarlet: 'red',
  amber: 'orange',
  golden: 'yellow',
  gold: 'yellow',
  lime: 'green',
  emerald: 'green',
  cyan: 'teal',
  turquoise: 'teal',
  aqua: 'teal',
  navy: 'blue',
  azure: 'blue',
  violet: 'purple',
  magenta: 'pink',
  lilac: 'purple',
  tan: 'brown',
  gray: 'grey',
  silver: 'grey',
};

/** The colour that a word in lower case names. */
export function colourOf(word: string): Colour | undefined {
  if (Object.hasOwn(COLOURS, word)) return word as Colour;
  return Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : undefined;
}

/**
 * An even colour from six hexadecimal digits. It lies between two steps of a byte, so that a picture's
 * bytes, which are rounded down, do not change where the last bit of the sum does.
 */
export function evenColour(code: string): Rgb {
  const at = (start: number) =>
    Math.min(1, (Number.parseInt(code.slice(start, start + 2), 16) + 0.4) / 255);
  return [at(0), at(2), at(4)];
}
