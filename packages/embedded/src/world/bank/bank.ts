import { COLOUR_NAMES } from '../words/colours.ts';
import type { Concept } from '../words/concepts.ts';
import { type Scene, sceneAt } from '../words/scenes.ts';
import { type Background, paintBackground } from './background.ts';
import type { Item } from './item.ts';
import type { ItemCache } from './item-cache.ts';
import { FRONT, POSES, placeBox } from './pose.ts';
import type { Studio } from './studio.ts';
import { strongest, type Wish } from './wish.ts';

/** What a checkpoint can draw. */
export interface Repertoire {
  readonly concepts: readonly Concept[];
  /** The background where a prompt names none. */
  readonly scene: Scene;
}

/** One picture of a bank with what it shows. */
export interface Entry {
  readonly item: Item;
  readonly thing: number;
  /** Axis of the colour that it was painted in; −1 for its own colours. */
  readonly colour: number;
  /** Index of its background in the bank. */
  readonly background: number;
  /** How many poses of the same thing the bank has. */
  readonly poses: number;
}

/** The finite set of pictures that a sampling run draws from. */
export interface Bank {
  readonly width: number;
  readonly height: number;
  readonly backgrounds: readonly Background[];
  /** For each background the axis of its scene; −1 for the checkpoint's own scene. */
  readonly scenes: readonly number[];
  readonly entries: readonly Entry[];
}

// Of what one prompt may mean; the rest of its meanings have less than a fiftieth of the first one's share.
const MEANINGS = 6;
const LEAST_SHARE = 0.02;
// Things that nobody asked for: neighbours in the alphabet of their category, and some of all kinds.
const STRANGERS = 8;
const STRANGERS_ALONE = 36;
// Of the things named, so many have neighbours in the bank.
const MISTAKEN = 4;

/** Makes the bank for a canvas: all that the wishes name, and strangers that they may be mistaken for. */
export function realiseBank(
  wishes: readonly Wish[],
  { concepts, scene }: Repertoire,
  studio: Studio,
  cache: ItemCache,
  [width, height]: readonly [number, number],
): Bank {
  const known = new Map(concepts.map((concept, place) => [concept.index, place]));
  const named = new Set(
    wishes.flatMap(({ things }) => strongest(onlyKnown(things, known), MEANINGS, LEAST_SHARE)),
  );
  const colours = new Set(wishes.flatMap((wish) => [...wish.colours.keys()]));
  const scenes = [-1, ...new Set(wishes.flatMap((wish) => [...wish.scenes.keys()]))];
  const backgrounds = scenes.map((axis) =>
    paintBackground(axis < 0 ? scene : sceneAt(axis), width, height, studio.repaint),
  );
  const draw = (thing: number, isNamed: boolean): Entry[] => {
    const { name } = concepts[known.get(thing) as number] as Concept;
    const poses = isNamed ? POSES : [FRONT];
    const tints = isNamed ? [-1, ...colours] : [-1];
    return tints.flatMap((colour) =>
      poses.flatMap((pose) =>
        backgrounds.map((background, at) => {
          const box = placeBox(pose, width, height);
          const tint = COLOUR_NAMES[colour];
          const item = cache.get(studio, { concept: name, tint, pose, box, background });
          return { item, thing, colour, background: at, poses: poses.length };
        }),
      ),
    );
  };
  const strangers = findStrangers([...named], concepts, known);
  const entries = [
    ...[...named].flatMap((thing) => draw(thing, true)),
    ...strangers.flatMap((thing) => draw(thing, false)),
  ];
  return { width, height, backgrounds, scenes, entries };
}

function onlyKnown(
  things: ReadonlyMap<number, number>,
  known: ReadonlyMap<number, number>,
): Map<number, number> {
  return new Map([...things].filter(([index]) => known.has(index)));
}

function findStrangers(
  named: readonly number[],
  concepts: readonly Concept[],
  known: ReadonlyMap<number, number>,
): number[] {
  const count = named.length === 0 ? STRANGERS_ALONE : STRANGERS;
  const stride = Math.max(1, Math.floor(concepts.length / count));
  const spread = concepts.filter((_, place) => place % stride === 0).slice(0, count);
  const beside = named.slice(0, MISTAKEN).flatMap((index) => {
    const place = known.get(index) as number;
    const own = concepts[place];
    return [concepts[place - 1], concepts[place + 1]].filter(
      (other): other is Concept => other !== undefined && other.category === own?.category,
    );
  });
  const all = new Set([...beside, ...spread].map(({ index }) => index));
  return [...all].filter((index) => !named.includes(index));
}
