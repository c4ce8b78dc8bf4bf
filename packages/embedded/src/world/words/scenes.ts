import { COLOUR_NAMES, COLOURS, type Colour, evenColour, type Rgb } from './colours.ts';

/** A background: colours from top to bottom, and how far the ground reaches up from below. */
export interface Scene {
  readonly sky: readonly [Rgb, Rgb];
  readonly ground?: { readonly from: number; readonly colours: readonly [Rgb, Rgb] } | undefined;
}

const sky = (top: string, bottom: string): Scene => ({
  sky: [evenColour(top), evenColour(bottom)],
});

/** A scene with ground below `from` (0 top, 1 bottom). */
const land = (top: string, bottom: string, from: number, near: string, far: string): Scene => ({
  sky: [evenColour(top), evenColour(bottom)],
  ground: { from, colours: [evenColour(near), evenColour(far)] },
});

const PLACES = {
  night: sky('0b1030', '2a3266'),
  space: sky('05060f', '1a1033'),
  snow: land('cfe3f5', 'eef5fb', 0.68, 'f7fafd', 'dfeaf4'),
  beach: land('8fd3f4', 'd8f1fb', 0.66, 'f3dfae', 'e5c98a'),
  underwater: sky('4cc3e0', '0b4f82'),
  forest: land('bfe3b4', '8cc57d', 0.66, '4f8f46', '3b6f37'),
  meadow: land('a8d8f5', 'e0f3fb', 0.64, '8fcf5f', '63a93f'),
  desert: land('fbd9a0', 'fdeecb', 0.64, 'e8b96a', 'd39a4a'),
  sunset: sky('5b3a86', 'ffae6b'),
  sky: sky('6fb8ee', 'd9effc'),
  city: land('b9c4d6', 'dde3ec', 0.72, '6e7582', '555b66'),
  fire: sky('3a0d08', 'e2571e'),
  room: land('f3e6d3', 'efdfc8', 0.7, 'b98a5c', '9c7047'),
  rain: sky('6d7d92', 'a9b6c6'),
} as const satisfies Record<string, Scene>;

const PLACE_NAMES = Object.keys(PLACES) as (keyof typeof PLACES)[];

/** All scenes in the order of their axes: places, then plain colours (`colour:red`). */
export const SCENE_NAMES: readonly string[] = [
  ...PLACE_NAMES,
  ...COLOUR_NAMES.map((colour) => `colour:${colour}`),
];

/** A scene by its place among the names. */
export function sceneAt(index: number): Scene {
  const place = PLACE_NAMES[index];
  if (place) return PLACES[place];
  const colour = COLOURS[COLOUR_NAMES[index - PLACE_NAMES.length] as Colour];
  return { sky: [colour, colour] };
}

const WORDS: Record<keyof typeof PLACES, string> = {
  night: 'night dark darkness midnight starry moonlight nighttime',
  space: 'space cosmos galaxy universe stars orbit',
  snow: 'snow snowy winter ice icy arctic snowfield blizzard',
  beach: 'beach sand sandy shore seaside coast island tropical',
  underwater: 'underwater water sea ocean undersea lake river reef',
  forest: 'forest jungle woods woodland trees rainforest',
  meadow: 'meadow grass field garden park lawn grassland farm pasture',
  desert: 'desert dunes savanna',
  sunset: 'sunset dusk dawn sunrise twilight evening',
  sky: 'sky clouds air heaven',
  city: 'city street town urban road downtown',
  fire: 'fire flames lava volcano inferno',
  room: 'room indoors inside kitchen bedroom table floor desk house',
  rain: 'rain rainy storm stormy fog foggy mist',
};

const BY_WORD = new Map(
  Object.entries(WORDS).flatMap(([place, words]) =>
    words.split(' ').map((word) => [word, place] as const),
  ),
);

/** The axis of the scene that a word in lower case names; `undefined` for any other word. */
export function sceneOf(word: string): number | undefined {
  const place = BY_WORD.get(word);
  return place === undefined ? undefined : SCENE_NAMES.indexOf(place);
}

/** The axis of a plain background. */
export const plainScene = (colour: Colour): number => SCENE_NAMES.indexOf(`colour:${colour}`);
