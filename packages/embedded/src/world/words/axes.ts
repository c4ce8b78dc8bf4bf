import { COLOUR_NAMES } from './colours.ts';
import type { Concept } from './concepts.ts';
import { SCENE_NAMES } from './scenes.ts';

/** Where things, colours and scenes stand on a token's vector. Each number on an axis is a share of attention. */
export interface Axes {
  readonly things: number;
  /** The first colour's axis. */
  readonly colours: number;
  /** The first scene's axis. */
  readonly scenes: number;
  readonly width: number;
}

/** The axes of a world with these concepts. */
export function layOutAxes(concepts: readonly Concept[]): Axes {
  const colours = concepts.length;
  const scenes = colours + COLOUR_NAMES.length;
  return { things: concepts.length, colours, scenes, width: scenes + SCENE_NAMES.length };
}
