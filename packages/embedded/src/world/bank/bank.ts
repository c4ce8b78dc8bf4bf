import { ComfygenError, type Warning, type Work } from 'comfygen/plugin';
import { CELL, CHANNELS } from '../codec/basis.ts';
import { COLOUR_NAMES, type Rgb } from '../words/colours.ts';
import type { Concept } from '../words/concepts.ts';
import { type Scene, sceneAt } from '../words/scenes.ts';
import { type Background, layBackground, paintBackground } from './background.ts';
import type { Item } from './item.ts';
import type { ItemCache } from './item-cache.ts';
import { FRONT, POSES, placeBox } from './pose.ts';
import type { Studio } from './studio.ts';
import { isFar } from './surroundings.ts';
import { strongest, type Wish } from './wish.ts';

/** What a checkpoint can draw. */
export interface Repertoire {
  readonly concepts: readonly Concept[];
  /** The background where a prompt names none. */
  readonly scene: Scene;
  /** Which share of a picture's numbers is not zero, about: more where drawings are blurred. */
  readonly density?: number;
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

// What the pictures of one bank may take. A canvas of 512 × 512 has room for some 600, one of 2048 × 2048 for 36.
const BANK_BYTES = 96 * 1024 * 1024;
const DENSITY = 0.25;

/**
 * Makes the bank for a canvas: all that the wishes name, and strangers that they may be mistaken for. On a large
 * canvas there is room for fewer: poses are left out first, then strangers, then rarer meanings of words, and said in
 * a warning. Throws INVALID_WORKFLOW where even so there is no room.
 */
export function* realiseBank(
  wishes: readonly Wish[],
  { concepts, scene, density = DENSITY }: Repertoire,
  studio: Studio,
  cache: ItemCache,
  { width, height, within = { y: 0, height }, behind, start, warn }: Canvas,
): Work<Bank> {
  const known = new Map(concepts.map((concept, place) => [concept.index, place]));
  const colours = new Set(wishes.flatMap((wish) => [...wish.colours.keys()]));
  const scenes = [-1, ...new Set(wishes.flatMap((wish) => [...wish.scenes.keys()]))];
  const { side } = placeBox(FRONT, width, height);
  const room = Math.floor(BANK_BYTES / (side * side * CHANNELS * 4 * density));
  const plans = CUTS.map((cut) => {
    const named = findNamed(wishes, known, cut.meanings);
    const strangers = findStrangers(named, concepts, known, cut.strangers);
    const pictures = named.length * (1 + colours.size) * cut.poses + strangers.length;
    return { named, strangers, poses: POSES.slice(0, cut.poses), size: pictures * scenes.length };
  });
  const plan = plans.find(({ size }) => size <= room);
  if (plan === undefined) throw tooMany(plans.at(-1)?.size ?? 0, room, width, height);
  if (plan !== plans[0]) warn?.(cutWarning(plan.size, plans[0]?.size ?? 0, width, height));
  const painted = scenes.map((axis) =>
    paintBackground(axis < 0 ? scene : sceneAt(axis), { width, height, within }, studio.repaint),
  );
  const own =
    behind ?? (start && painted.every(({ rows }) => isFar(rows, start)) ? start : undefined);
  const backgrounds = own ? painted.with(0, layBackground(own, width)) : painted;
  yield;
  const draw = function* (thing: number, isNamed: boolean): Work<Entry[]> {
    const { name } = concepts[known.get(thing) as number] as Concept;
    const poses = isNamed ? plan.poses : [FRONT];
    const entries: Entry[] = [];
    for (const colour of isNamed ? [-1, ...colours] : [-1]) {
      for (const pose of poses) {
        for (const [at, background] of backgrounds.entries()) {
          const box = placeBox(pose, width, height);
          const tint = COLOUR_NAMES[colour];
          const item = yield* cache.get(studio, { concept: name, tint, pose, box, background });
          entries.push({ item, thing, colour, background: at, poses: poses.length });
        }
      }
    }
    return entries;
  };
  const entries: Entry[] = [];
  for (const thing of plan.named) entries.push(...(yield* draw(thing, true)));
  for (const thing of plan.strangers) entries.push(...(yield* draw(thing, false)));
  return { width, height, backgrounds, scenes, entries };
}

/** What a bank is made for, in latent cells. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Where the canvas is a part of a picture: its first row there, and the picture's rows. Scenes are the whole's. */
  readonly within?: { readonly y: number; readonly height: number } | undefined;
  /** The colours behind each row, where no scene is asked for. Default: the checkpoint's own scene. */
  readonly behind?: readonly Rgb[] | undefined;
  /** The same in a picture that is painted anew: they count where they look like no background of the bank. */
  readonly start?: readonly Rgb[] | undefined;
  readonly warn?: ((warning: Warning) => void) | undefined;
}

// From all there is to the least that still tells things apart.
const CUTS = [
  { meanings: MEANINGS, poses: POSES.length, strangers: 1 },
  { meanings: MEANINGS, poses: 2, strangers: 1 },
  { meanings: MEANINGS, poses: 1, strangers: 1 },
  { meanings: MEANINGS, poses: 1, strangers: 0.25 },
  { meanings: 2, poses: 1, strangers: 0.25 },
  { meanings: 1, poses: 1, strangers: 0.25 },
];

function cutWarning(size: number, wanted: number, width: number, height: number): Warning {
  const message = `${size} of ${wanted} drawings are drawn from: more of ${width * CELL} × ${height * CELL} pixels would fill the memory.`;
  return { code: 'bank-cut', message, details: { drawings: size, wanted } };
}

function tooMany(size: number, room: number, width: number, height: number): ComfygenError {
  return new ComfygenError(
    'INVALID_WORKFLOW',
    `The prompts name so much that ${size} drawings of ${width * CELL} × ${height * CELL} pixels would be needed; ${room} are possible. Ask for a smaller picture, or name fewer things, colours and scenes.`,
    { details: { drawings: size, possible: room } },
  );
}

function findNamed(
  wishes: readonly Wish[],
  known: ReadonlyMap<number, number>,
  meanings: number,
): number[] {
  const named = wishes.flatMap(({ things }) =>
    strongest(onlyKnown(things, known), meanings, LEAST_SHARE),
  );
  return [...new Set(named)];
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
  share: number,
): number[] {
  const count = Math.ceil((named.length === 0 ? STRANGERS_ALONE : STRANGERS) * share);
  const stride = Math.max(1, Math.floor(concepts.length / count));
  const spread = concepts.filter((_, place) => place % stride === 0).slice(0, count);
  const beside = named.slice(0, share < 1 ? 0 : MISTAKEN).flatMap((index) => {
    const place = known.get(index) as number;
    const own = concepts[place];
    return [concepts[place - 1], concepts[place + 1]].filter(
      (other): other is Concept => other !== undefined && other.category === own?.category,
    );
  });
  const all = new Set([...beside, ...spread].map(({ index }) => index));
  return [...all].filter((index) => !named.includes(index));
}
