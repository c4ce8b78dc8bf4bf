import { loadIconSet } from '../world/art/icon-set.ts';
import { loadRasterizer, rasterize } from '../world/art/rasterize.ts';
import { type Concept, loadConcepts } from '../world/words/concepts.ts';
import { readDrawing } from './look.ts';
import { PIXELS, SETS } from './sets.ts';
import { loadShapes } from './shapes.ts';
import { createTemplate, type Template } from './template.ts';

/** A drawing from afar. */
export interface Shape {
  readonly concept: number;
  /** Place among the sets of art. */
  readonly set: number;
  readonly solid: Float32Array;
  /** Made when it is first asked for and kept. */
  template(): Template;
}

/** The emoji world's drawings as templates. */
export interface Templates {
  readonly concepts: readonly Concept[];
  /** Places of the sets of art. */
  readonly sets: readonly number[];
  /** All drawings, coarsely. */
  readonly shapes: readonly Shape[];
  /** A drawing, made when it is first asked for and kept; `undefined` where the set has none. */
  draw(concept: number, set: number): Template | undefined;
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
  const [concepts, sets, coarse] = await Promise.all([
    loadConcepts(),
    Promise.all(SETS.map(loadIconSet)),
    loadShapes(),
    loadRasterizer(),
  ]);
  const byName = new Map(concepts.map(({ name, index }) => [name, index]));
  const shapes = coarse.flatMap(({ name, set, drawing }) => {
    const concept = byName.get(name);
    if (concept === undefined) return [];
    let made: Template | undefined;
    const template = () => {
      made ??= createTemplate(drawing);
      return made;
    };
    return { concept, set, solid: drawing.solid, template };
  });
  const drawn = new Map<number, Template | undefined>();
  const draw = (concept: number, set: number): Template | undefined => {
    const name = concepts[concept]?.name ?? '';
    if (!sets[set]?.has(name)) return undefined;
    const drawing = readDrawing(rasterize(sets[set].svg(name), PIXELS));
    return drawing && createTemplate(drawing);
  };
  return {
    concepts,
    sets: SETS.map((_, set) => set),
    shapes,
    draw(concept, set) {
      const key = concept * SETS.length + set;
      if (!drawn.has(key)) drawn.set(key, draw(concept, set));
      return drawn.get(key);
    },
  };
}
