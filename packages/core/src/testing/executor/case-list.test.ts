import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ExecutorSupports, ExecutorV1 } from '../../spec/index.ts';
import { EXECUTOR_SUPPORTS } from '../../util/define.ts';
import { appliesTo, missingNeed, OPTIONAL_METHODS, PROMISES } from './case-list.ts';
import { CASES } from './executor-suite.ts';

const page = readFileSync(
  new URL('../../../../../docs/write-an-executor.md', import.meta.url),
  'utf8',
);

/** The promises that are proved for an executor that declares this and has no optional methods but where said. */
function provedFor(supports: ExecutorSupports, methods: object = {}): number[] {
  const executor = { supports, ...methods } as never;
  const cases = CASES.filter(({ needs = [] }) => missingNeed(executor, needs) === undefined);
  return [...new Set(cases.map(({ proves }) => proves))];
}

const all = Array.from({ length: 46 }, (_, at) => at + 1);
const everything = Object.fromEntries(Object.keys(EXECUTOR_SUPPORTS).map((key) => [key, true]));
const methods = Object.fromEntries(OPTIONAL_METHODS.map((name) => [name, () => {}]));

describe('the 46 promises', () => {
  it('are numbered, and each has a case', () => {
    expect(PROMISES.map(({ number }) => number)).toEqual(all);
    expect(provedFor(everything, methods)).toEqual(all);
  });

  it('are those of docs/write-an-executor.md', () => {
    const rows = [...page.matchAll(/^\| (\d{1,2}) +\| ([^|]+)\| ([^|]+)\|$/gm)];
    expect(rows.map(([, ...cells]) => cells.map((cell) => cell.trim()))).toEqual(
      PROMISES.map(({ number, promise }) => [String(number), promise, appliesTo(number, CASES)]),
    );
  });

  it('have cases of different names', () => {
    const names = CASES.map(({ proves, name }) => `${proves}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('that hold without any support', () => {
    expect(provedFor({})).toEqual([1, 8, 9, 11, 21, 23, 27, 29, 37, 38, 44, 45, 46]);
  });

  it.each<[keyof ExecutorSupports | keyof ExecutorV1, number[]]>([
    ['watch', [6, 42]],
    ['resume', [7]],
    ['ownId', [7]],
    ['seed', [40]],
    ['cancel', [41]],
    ['parseWebhook', [43]],
  ])('that %s adds', (support, added) => {
    const before = provedFor({});
    const isFlag = Object.hasOwn(EXECUTOR_SUPPORTS, support);
    const after = isFlag ? provedFor({ [support]: true }) : provedFor({}, { [support]() {} });
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
