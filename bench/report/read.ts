import { readdirSync, readFileSync } from 'node:fs';
import { quantile, round } from '../harness/judge.ts';
import { CLIENTS } from '../harness/scenarios.ts';

/** One line of a result file. */
export type Line = Record<string, unknown> & { client: string; setting: string };

/** A result file as `run.ts` and `weight.ts` write it. */
export interface Result {
  scenario: string;
  at: string;
  commit: string;
  node: string;
  cores?: number;
  loadAverage?: number[];
  runs: Line[];
}

const folder = new URL('../results/', import.meta.url);

/** All files of a scenario: `p2.json`, `p2-….json`. */
export function readResults(scenario: string): Result[] {
  const name = scenario.toLowerCase();
  const files = readdirSync(folder).filter((file) => file.split(/[-.]/)[0] === name);
  return files.map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
}

/** Numbers of a field, `afterMs.p50` for one inside another. */
export function numbers(lines: readonly Line[], path: string): number[] {
  const values = lines.map((line) =>
    path.split('.').reduce<unknown>((value, key) => (value as Line | undefined)?.[key], line),
  );
  return values.filter((value): value is number => typeof value === 'number');
}

/** The median, `undefined` for none. */
export function median(lines: readonly Line[], path: string): number | undefined {
  return quantile(numbers(lines, path), 0.5);
}

/** `4.2 (3.9–6)`: median and range. */
export function spread(lines: readonly Line[], path: string): string {
  const values = numbers(lines, path);
  if (values.length === 0) return '–';
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const middle = show(quantile(values, 0.5)!);
  return least === most ? middle : `${middle} (${show(least)}–${show(most)})`;
}

export function show(value: number): string {
  if (Math.abs(value) >= 100) return `${Math.round(value)}`;
  return `${Math.abs(value) >= 10 ? Math.round(value * 10) / 10 : round(value)}`;
}

/** `1.3×`, against another's median. */
export function ratio(value: number | undefined, floor: number | undefined): string {
  if (value === undefined || !floor) return '–';
  return `${show(value / floor)}×`;
}

/** Lines of one client and setting. */
export function of(lines: readonly Line[], client: string, setting?: string): Line[] {
  return lines.filter(
    (line) => line.client === client && (setting === undefined || line.setting === setting),
  );
}

/** `300/300`, or the worst of several runs with how they ended. */
export function settled(lines: readonly Line[]): string {
  const right = numbers(lines, 'right');
  const jobs = numbers(lines, 'jobs');
  if (right.length === 0) return '–';
  const died = lines.filter(({ ended }) => ended === 'died').length;
  const stuck = lines.filter(({ ended }) => ended === 'stuck').length;
  const notes = [died && `died in ${died} of ${lines.length}`, stuck && 'cut while busy'];
  const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);
  return [`${sum(right)}/${sum(jobs)}`, ...notes.filter(Boolean)].join(', ');
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Settings in the order in which they first appear, clients with the floor first. */
export function distinct(lines: readonly Line[], key: 'client' | 'setting'): string[] {
  const found = [...new Set(lines.map((line) => line[key]))];
  const place = (client: string) => (CLIENTS.includes(client) ? CLIENTS.indexOf(client) : 99);
  return key === 'setting' ? found : found.toSorted((a, b) => place(a) - place(b));
}

/** When, on what, how busy. */
export function origin(results: readonly Result[]): string {
  const said = results.map(({ at, commit, node, cores, loadAverage = [] }) => {
    const busy = loadAverage.map((load) => show(load)).join(' before, ');
    const machine = cores ? `, ${cores} cores, load average ${busy} after` : '';
    return `${at.slice(0, 16).replace('T', ' ')} UTC, commit ${commit}, Node ${node}${machine}`;
  });
  return `Measured: ${said.join('; ')}.`;
}
