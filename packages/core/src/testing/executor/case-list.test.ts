import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ExecutorSupports } from '../../spec/index.ts';
import { scriptedBackend } from '../reference/scripted-executor.ts';
import { appliesTo, missingNeed, PROMISES } from './case-list.ts';
import { CASES } from './executor-suite.ts';

const page = readFileSync(
  new URL('../../../../../docs/write-an-executor.md', import.meta.url),
  'utf8',
);
const { supports } = scriptedBackend([]).create();
const NOTHING = Object.fromEntries(
  Object.keys(supports).map((key) => [key, false]),
) as never as ExecutorSupports;

/** The promises that are proved for an executor that declares this and has no `watch` and `dispose` but where said. */
function provedFor(declared: Partial<ExecutorSupports>, methods: object = {}): number[] {
  const executor = { supports: { ...NOTHING, ...declared }, ...methods } as never;
  const cases = CASES.filter(({ needs = [] }) => missingNeed(executor, needs) === undefined);
  return [...new Set(cases.map(({ proves }) => proves))];
}

const all = Array.from({ length: 45 }, (_, at) => at + 1);
const everything = Object.fromEntries(Object.keys(NOTHING).map((key) => [key, true]));
const watch = { watch() {}, dispose() {} };

describe('the 45 promises', () => {
  it('are numbered, and each has a case', () => {
    expect(PROMISES.map(({ number }) => number)).toEqual(all);
    expect(provedFor(everything, watch)).toEqual(all);
  });

  it('are those of docs/write-an-executor.md', () => {
    const rows = [...page.matchAll(/^\| (\d+) +\| ([^|]+)\| ([^|]+)\|$/gm)];
    expect(rows.map(([, ...cells]) => cells.map((cell) => cell.trim()))).toEqual(
      PROMISES.map(({ number, promise }) => [String(number), promise, appliesTo(number, CASES)]),
    );
  });

  it('have cases of different names', () => {
    const names = CASES.map(({ proves, name }) => `${proves}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('that hold without any support', () => {
    expect(provedFor({})).toEqual([1, 8, 9, 11, 21, 23, 27, 29, 37, 38, 44, 45]);
  });

  it.each<[keyof ExecutorSupports | 'watch', number[]]>([
    ['watch', [6, 42]],
    ['resume', [7]],
    ['ownId', [7]],
    ['seed', [40]],
    ['cancel', [41]],
    ['webhooks', [43]],
  ])('that %s adds', (support, added) => {
    const before = provedFor({});
    const after = support === 'watch' ? provedFor({}, watch) : provedFor({ [support]: true });
    expect(after.filter((number) => !before.includes(number))).toEqual(added);
  });

  it('that HTTP adds, and names of nodes besides', () => {
    expect(provedFor({ http: true, nodeOutputs: true })).toContain(32);

    const before = provedFor({});
    const added = provedFor({ http: true }).filter((number) => !before.includes(number));
    expect(added).toEqual([
      2, 3, 4, 5, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 25, 26, 28, 30, 31, 33, 34, 35,
      36, 39, 41,
    ]);
  });
});
