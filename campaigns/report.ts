// Puts the findings of campaigns/results/ into docs/reliability.md: pnpm campaign report
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RESULTS, type Result } from './campaign.ts';

export const PAGE = new URL('../docs/reliability.md', import.meta.url);

/** The page with the kept findings in their places. @throws where a result has no place, or a place no result */
export function fillPage(page: string): string {
  const results = readdirSync(RESULTS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, RESULTS), 'utf8')) as Result);
  const parts = new Map([...results.map((result) => [result.name, figures(result)] as const)]);
  parts.set('all', summary(results));
  let text = page;
  for (const [name, written] of parts) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/reliability.md has no place for ${name}`);
    text = `${text.slice(0, from + begin.length)}\n\n${written}\n\n${text.slice(to)}`;
  }
  const open = [...text.matchAll(/<!-- (\w+) -->/g)].find(([, name]) => !parts.has(name!));
  if (open) throw new Error(`campaigns/results has nothing of ${open[1]}`);
  return text;
}

const count = (value: number) => value.toLocaleString('en');

/** All campaigns at a glance. */
function summary(results: readonly Result[]): string {
  const rows = results.map(
    ({ name, trials, seed, faults, day, node }) =>
      `| \`${name}\` | ${count(trials)} | ${seed} | ${count(faults)} | ${day}, Node ${node} |`,
  );
  const head = '| campaign | trials | seed | faults | when |\n| --- | ---: | ---: | ---: | --- |';
  return [head, ...rows].join('\n');
}

/** Each figure of one campaign as a line. */
function figures({ name, trials, seed, faults, day: _, node: __, ...rest }: Result): string {
  const lines = Object.entries(rest).map(
    ([figure, value]) => `- ${wordsOf(figure)}: ${show(value)}`,
  );
  const head = `\`pnpm campaign ${name} --trials ${trials} --seed ${seed}\`: **${count(faults)} faults**`;
  return [`${head}\n`, ...lines].join('\n');
}

/** `slowestSliceMs` → `slowest slice (ms)` */
function wordsOf(figure: string): string {
  const words = figure.replaceAll(
    /([a-z])([A-Z])/g,
    (_, a: string, b: string) => `${a} ${b.toLowerCase()}`,
  );
  return words.replace(/ (ms|mb)$/, (_, unit: string) => ` (${unit === 'mb' ? 'MB' : unit})`);
}

function show(value: unknown): string {
  if (typeof value === 'number') return count(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(show).join('; ');
  const entries = Object.entries(value);
  if (entries.length === 0) return 'none';
  return entries.map(([key, one]) => `${wordsOf(key)} ${show(one)}`).join(', ');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(PAGE, fillPage(readFileSync(PAGE, 'utf8')));
