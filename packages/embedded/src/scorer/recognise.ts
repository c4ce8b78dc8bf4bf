import type { Work } from 'comfygen/plugin';
import { halveLook, type Look, mirrorLook } from './look.ts';
import { compare, overlapOf } from './template.ts';
import type { Shape, Templates } from './templates.ts';

/** One concept that a thing in a picture may be, by the likeness of a drawing. */
export interface Guess {
  readonly concept: number;
  /** Index of the art set that has the drawing. */
  readonly set: number;
  /** How alike the thing and that drawing are, 0 to 1. */
  readonly likeness: number;
}

/** What a thing looks like, compared with all drawings. */
export interface Recognition {
  /** The guesses, likest first. */
  readonly guesses: readonly Guess[];
  /** How alike it is to a concept's likest drawing, 0 to 1. */
  likeness(concept: number): number;
}

// Of all drawings, so many are compared closely.
const CLOSE = 10;
// So many are compared from afar between two chances to pause.
const MEASURED_AT_ONCE = 64;

/**
 * Compares a thing with all that the emoji world can draw; `asked` concepts are compared closely in any case, and known
 * from then on.
 */
export function* recognise(
  look: Look,
  templates: Templates,
  asked: readonly number[] = [],
): Work<Recognition> {
  const looks = [look, mirrorLook(look)];
  const known = new Map<number, Guess>();
  const likest = (concept: number): Guess => {
    let best = known.get(concept);
    if (best === undefined) {
      best = templates.sets
        .map((set) => compareWith(looks, templates, concept, set))
        .reduce((one, other) => (other.likeness > one.likeness ? other : one));
      known.set(concept, best);
    }
    return best;
  };
  const near: Guess[] = [];
  for (const { concept, set } of yield* shortlist(looks.map(halveLook), templates.shapes)) {
    if (asked.includes(concept)) continue;
    yield* templates.drawInSlices(concept, set);
    near.push(compareWith(looks, templates, concept, set));
    yield;
  }
  for (const concept of asked) {
    for (const set of templates.sets) {
      yield* templates.drawInSlices(concept, set);
      yield;
    }
    likest(concept);
    yield;
  }
  const guesses = [...near, ...asked.map(likest)].sort(
    (a, b) => b.likeness - a.likeness || a.concept - b.concept || a.set - b.set,
  );
  return { guesses, likeness: (concept) => likest(concept).likeness };
}

function compareWith(
  looks: readonly Look[],
  templates: Templates,
  concept: number,
  set: number,
): Guess {
  const template = templates.draw(concept, set);
  const likeness = template ? Math.max(...looks.map((look) => compare(look, template))) : 0;
  return { concept, set, likeness };
}

/** The drawings that are likest from afar. */
function* shortlist(looks: readonly Look[], shapes: readonly Shape[]): Work<Shape[]> {
  const overlaps = new Float32Array(looks.length * shapes.length);
  for (const [at, { solid }] of shapes.entries()) {
    for (const [i, look] of looks.entries())
      overlaps[at * looks.length + i] = overlapOf(look, solid);
    if (at % MEASURED_AT_ONCE === 0) yield;
  }
  const order = Uint32Array.from(overlaps.keys()).sort(
    (a, b) => (overlaps[b] as number) - (overlaps[a] as number) || a - b,
  );
  let best: { shape: Shape; value: number }[] = [];
  for (const pair of order) {
    // Likeness is never above the overlap, so nothing better follows.
    if (best.length === CLOSE && (overlaps[pair] as number) <= (best[CLOSE - 1]?.value ?? 0)) break;
    const shape = shapes[Math.floor(pair / looks.length)] as Shape;
    const value = compare(looks[pair % looks.length] as Look, shape.template());
    if (best.some((one) => one.shape === shape && one.value >= value)) continue;
    best = [...best.filter((one) => one.shape !== shape), { shape, value }]
      .sort((a, b) => b.value - a.value)
      .slice(0, CLOSE);
    yield;
  }
  return best.map(({ shape }) => shape);
}
