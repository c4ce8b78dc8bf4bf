import { type IconSet, loadIconSet } from '../world/art/icon-set.ts';
import { loadRasterizer, rasterize } from '../world/art/rasterize.ts';
import { type Concept, loadConcepts } from '../world/words/concepts.ts';
import { readDrawing } from './look.ts';
import { PIXELS, SETS } from './sets.ts';
import { loadShapes } from './shapes.ts';
import { compare, createTemplate, type Template } from './template.ts';

/** The emoji world's drawings as templates, each made when it is first asked for and kept. */
export interface Templates {
  readonly concepts: readonly Concept[];
  /** All drawings, coarsely. */
  readonly shapes: readonly { readonly concept: number; readonly template: Template }[];
  /** A concept's drawings in all sets of art. */
  of(concept: number): readonly Template[];
  /** How alike two concepts are in the same set of art, 0 to 1: the most of all sets. */
  likeness(one: number, other: number): number;
}

let loaded: Promise<Templates> | undefined;

/** Opens the art once per process. Throws FILE_ACCESS where its packages are not installed. */
export function loadTemplates(): Promise<Templates> {
  loaded ??= openTemplates().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function openTemplates(): Promise<Templates> {
  const [concepts, sets, shapes] = await Promise.all([
    loadConcepts(),
    Promise.all(SETS.map(loadIconSet)),
    loadShapes(),
    loadRasterizer(),
  ]);
  const known = new Map<number, readonly Template[]>();
  const byName = new Map(concepts.map(({ name, index }) => [name, index]));
  const of = (concept: number): readonly Template[] => {
    let templates = known.get(concept);
    if (templates === undefined) {
      templates = drawAll(sets, concepts[concept]?.name ?? '');
      known.set(concept, templates);
    }
    return templates;
  };
  return {
    concepts,
    shapes: shapes.flatMap(({ name, template }) => {
      const concept = byName.get(name);
      return concept === undefined ? [] : { concept, template };
    }),
    of,
    likeness(one, other) {
      const drawn = of(other);
      const values = of(one).map(({ look }, set) => {
        const template = drawn[set];
        return template ? compare(look, template) : 0;
      });
      return Math.max(0, ...values);
    },
  };
}

function drawAll(sets: readonly IconSet[], name: string): Template[] {
  return sets
    .filter((set) => set.has(name))
    .flatMap((set) => readDrawing(rasterize(set.svg(name), PIXELS)) ?? [])
    .map(createTemplate);
}
