import type { Guess, Recognition } from './recognise.ts';
import { compare } from './template.ts';
import type { Templates } from './templates.ts';

// Chosen on one half of scripts/adherence-cases.ts.
const MIDDLE = 0.45;
const BY_LIKENESS = 8;
const BY_LEAD = 20;
// Drawings as alike as a red apple's and a green one's: either may stand for the other.
const TWINS = 0.85;

/**
 * How surely a thing is one of some concepts, 0 to 1. It must look like one of them, and no other
 * concept may look more like it, except those whose drawings differ in hardly more than colour.
 */
export function confidence(
  { guesses, likeness }: Recognition,
  concepts: readonly number[],
  templates: Templates,
): number {
  const own = Math.max(0, ...concepts.map(likeness));
  const rival = guesses.find(
    (guess) =>
      !concepts.includes(guess.concept) &&
      !concepts.some((concept) => areTwins(guess, concept, templates)),
  );
  const lead = own - (rival?.likeness ?? 0);
  return 1 / (1 + Math.exp(-(BY_LIKENESS * (own - MIDDLE) + BY_LEAD * lead)));
}

// In the art that the thing is drawn in: red and green apples are twins, a tiger and a leopard are not.
function areTwins({ concept, set }: Guess, other: number, templates: Templates): boolean {
  const [one, two] = [templates.draw(concept, set), templates.draw(other, set)];
  return one !== undefined && two !== undefined && compare(one.look, two) >= TWINS;
}
