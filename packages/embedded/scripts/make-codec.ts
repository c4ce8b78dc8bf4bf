// Computes the codec's patterns from the bank and writes src/world/codec/basis.data.json:
//   node --conditions=comfygen-source scripts/make-codec.ts
import { writeFile } from 'node:fs/promises';
import { computeBasis } from './compute-basis.ts';

const basis = await computeBasis();
const patterns = Buffer.from(basis.buffer).toString('base64');
const file = new URL('../src/world/codec/basis.data.json', import.meta.url);
await writeFile(file, `${JSON.stringify({ patterns })}\n`);
console.log(`${basis.length / 192} patterns`);
