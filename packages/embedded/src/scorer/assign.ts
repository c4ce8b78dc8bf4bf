import type { Subject } from './asked.ts';
import { fitColours } from './colour-share.ts';
import { confidence } from './kinship.ts';
import type { SeenThing } from './see-things.ts';
import type { Templates } from './templates.ts';

/** How well a thing of the picture fits a subject of the prompt. */
export interface Match {
  readonly thing: SeenThing;
  /** How surely it is what was asked for, 0 to 1. */
  readonly confidence: number;
  /** How well its colours fit, 0 to 1; 1 where none was asked for. */
  readonly colour: number;
}

/** How well each thing fits each subject: `[subject][thing]`. */
export function matchAll(
  subjects: readonly Subject[],
  things: readonly SeenThing[],
  templates: Templates,
): Match[][] {
  return subjects.map(({ concepts, colours }) =>
    things.map((thing) => ({
      thing,
      confidence: confidence(thing.recognition, concepts, templates),
      colour: colours.length > 0 ? fitColours(thing.palette, colours) : 1,
    })),
  );
}

/** Gives each subject a thing of its own, the surest first; `undefined` where no thing is left. */
export function assign(matches: readonly (readonly Match[])[]): (Match | undefined)[] {
  const pairs = matches.flatMap((row, subject) => row.map((match) => ({ subject, match })));
  pairs.sort((a, b) => fitOf(b.match) - fitOf(a.match));
  const given: (Match | undefined)[] = matches.map(() => undefined);
  const taken = new Set<SeenThing>();
  for (const { subject, match } of pairs) {
    if (given[subject] || taken.has(match.thing)) continue;
    given[subject] = match;
    taken.add(match.thing);
  }
  return given;
}

// Colour tells two of a kind apart: a green apple beside a red one.
const fitOf = ({ confidence: sure, colour }: Match) => sure * (0.3 + 0.7 * colour);
