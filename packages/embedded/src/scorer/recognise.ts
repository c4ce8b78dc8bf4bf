import type { Look } from './look.ts';
import { halveLook, mirrorLook } from './look.ts';
import { compare } from './template.ts';
import type { Templates } from './templates.ts';

/** What a thing may be. */
export interface Guess {
  readonly concept: number;
  /** How alike the thing and the concept's best drawing are, 0 to 1. */
  readonly likeness: number;
}

/** What a thing looks like most, and how alike it is to what was asked about. */
export interface Recognition {
  /** The likest first. */
  readonly guesses: readonly Guess[];
  likeness(concept: number): number;
}

// Of all concepts, so many are compared closely.
const CLOSE = 10;

/** Finds what a thing is among all that the emoji world can draw. */
export function recognise(look: Look, templates: Templates): Recognition {
  const looks = [look, mirrorLook(look)];
  const coarse = looks.map(halveLook);
  const best = new Map<number, number>();
  for (const { concept, template } of templates.shapes) {
    for (const one of coarse) {
      const value = compare(one, template);
      if (value > (best.get(concept) ?? 0)) best.set(concept, value);
    }
  }
  const known = new Map<number, number>();
  const likeness = (concept: number): number => {
    let value = known.get(concept);
    if (value === undefined) {
      const all = templates.of(concept);
      value = Math.max(0, ...all.flatMap((one) => looks.map((seen) => compare(seen, one))));
      known.set(concept, value);
    }
    return value;
  };
  const guesses = [...best]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, CLOSE)
    .map(([concept]) => ({ concept, likeness: likeness(concept) }))
    .sort((a, b) => b.likeness - a.likeness || a.concept - b.concept);
  return { guesses, likeness };
}
