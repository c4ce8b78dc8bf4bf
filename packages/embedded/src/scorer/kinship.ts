import type { Recognition } from './recognise.ts';
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
    ({ concept }) => !concepts.includes(concept) && !isTwin(concept, concepts, templates),
  );
  const lead = own - (rival?.likeness ?? 0);
  return 1 / (1 + Math.exp(-(BY_LIKENESS * (own - MIDDLE) + BY_LEAD * lead)));
}

function isTwin(concept: number, concepts: readonly number[], templates: Templates): boolean {
  return concepts.some((other) => templates.likeness(concept, other) >= TWINS);
}
