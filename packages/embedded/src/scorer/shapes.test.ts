import { runAtOnce } from 'comfygen/plugin';
import { expect, it } from 'vitest';
import { loadIconSet } from '../world/art/icon-set.ts';
import { loadRasterizer, rasterize } from '../world/art/rasterize.ts';
import { loadConcepts } from '../world/words/concepts.ts';
import { readDrawing } from './look.ts';
import { PIXELS, SETS } from './sets.ts';
import { CELLS, packDrawing, unpackShapes } from './shapes.ts';

it('has each drawing of the emoji world as scripts/make-shapes.ts makes it', async () => {
  await loadRasterizer();
  const { names, bytes } = await unpackShapes();
  const concepts = await loadConcepts();
  expect(names).toEqual(concepts.map(({ name }) => name));
  const sets = await Promise.all(SETS.map(loadIconSet));
  for (const { name, index } of concepts.filter(({ index }) => index % 61 === 0)) {
    for (const [at, set] of sets.entries()) {
      const drawing = set.has(name) && readDrawing(runAtOnce(rasterize(set.svg(name), PIXELS)));
      if (!drawing) continue;
      const from = (index * SETS.length + at) * CELLS;
      expect(packDrawing(drawing), `${set.name} ${name}`).toEqual(bytes.slice(from, from + CELLS));
    }
  }
});
