// Puts the tables of bench/results/ into docs/performance.md: node --conditions=comfygen-source bench/report.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { bursts, faults, latency, memory, pools, weight } from './report/tables.ts';
import { wins } from './report/wins.ts';

const page = new URL('../docs/performance.md', import.meta.url);
const parts = { P1: latency, P2: bursts, P4: memory, P6: pools, P7: faults, P8: weight, wins };
let text = readFileSync(page, 'utf8');
for (const [name, write] of Object.entries(parts)) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < 0) throw new Error(`docs/performance.md has no place for ${name}`);
  text = `${text.slice(0, from + begin.length)}\n\n${write()}\n\n${text.slice(to)}`;
}
writeFileSync(page, text);
