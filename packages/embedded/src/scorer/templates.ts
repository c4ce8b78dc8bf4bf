import { runAtOnce, type Work } from 'comfygen/plugin';
import { loadIconSet } from '../world/art/icon-set.ts';
import { loadRasterizer, rasterize } from '../world/art/rasterize.ts';
import { type Concept, loadConcepts } from '../world/words/concepts.ts';
import { readDrawing } from './look.ts';
import { PIXELS, SETS } from './sets.ts';
import { loadShapes } from './shapes.ts';
import { createTemplate, type Template } from './template.ts';

/** A drawing in coarse form, to find candidates. */
export interface Shape {
  readonly concept: number;
  /** Index of the art set that has the drawing. */
  readonly set: number;
  readonly solid: Float32Array;
  /** The drawing in full; made at the first call and kept. */
  template(): Template;
}

/** The emoji world's drawings as templates. */
export interface Templates {
  readonly concepts: readonly Concept[];
  /** Indexes of the art sets. */
  readonly sets: readonly number[];
  /** All drawings in coarse form. */
  readonly shapes: readonly Shape[];
  /** The drawing of a concept in a set, made at the first call and kept; `undefined` where the set has none. */
  draw(concept: number, set: number): Template | undefined;
  /** The same in slices. */
  drawInSlices(concept: number, set: number): Work<Template | undefined>;
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
  const drawInSlices = function* (concept: number, set: number): Work<Template | undefined> {
    const key = concept * SETS.length + set;
    if (drawn.has(key)) return drawn.get(key);
    const name = concepts[concept]?.name ?? '';
    const art = sets[set];
    let made: Template | undefined;
    if (art?.has(name)) {
      const drawing = readDrawing(yield* rasterize(art.svg(name), PIXELS));
      yield;
      made = drawing && createTemplate(drawing);
    }
    drawn.set(key, made);
    return made;
  };
  return {
    concepts,
    sets: SETS.map((_, set) => set),
    shapes,
    drawInSlices,
    draw: (concept, set) => runAtOnce(drawInSlices(concept, set)),
  };
}
