// Draws all that the emoji world knows, coarsely, and writes src/scorer/shapes.data.json:
//   node --conditions=comfygen-source scripts/make-shapes.ts
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { runAtOnce } from 'comfygen/plugin';
import { readDrawing } from '../src/scorer/look.ts';
import { PIXELS, SETS } from '../src/scorer/sets.ts';
import { CELLS, packDrawing } from '../src/scorer/shapes.ts';
import { loadIconSet } from '../src/world/art/icon-set.ts';
import { loadRasterizer, rasterize } from '../src/world/art/rasterize.ts';
import { loadConcepts } from '../src/world/words/concepts.ts';

await loadRasterizer();
const sets = await Promise.all(SETS.map(loadIconSet));
const concepts = await loadConcepts();
const drawings = concepts.flatMap(({ name }) =>
  sets.map((set) => {
    const drawing = set.has(name) && readDrawing(runAtOnce(rasterize(set.svg(name), PIXELS)));
    return drawing ? packDrawing(drawing) : new Uint8Array(CELLS);
  }),
);
const names = concepts.map(({ name }) => name);
const cells = gzipSync(Buffer.concat(drawings), { level: 9 }).toString('base64');
const file = new URL('../src/scorer/shapes.data.json', import.meta.url);
await writeFile(file, `${JSON.stringify({ names, cells })}\n`);
console.log(`${drawings.length} drawings, ${cells.length} bytes`);
