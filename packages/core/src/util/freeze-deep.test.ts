import { expect, it } from 'vitest';
import { freezeDeep } from './freeze-deep.ts';

const { signal } = new AbortController();

it('freezes to the bottom, past what is null or undefined, and gives the same object back', async () => {
  const data = { a: null, b: [undefined, { c: [1, { d: 'x' }] }], e: undefined, f: { g: 2 } };
  expect(await freezeDeep(data, signal)).toBe(data);
  for (const part of [data, data.b, data.b[1], data.f]) expect(Object.isFrozen(part)).toBe(true);
  expect(() => {
    (data.b[1] as { c: [number, { d: string }] }).c[1].d = 'y';
  }).toThrow(TypeError);
});

it('holds data that is nested deeper than a stack', async () => {
  let data: { next?: unknown } = {};
  for (let depth = 0; depth < 50_000; depth += 1) data = { next: data };
  expect(Object.isFrozen(await freezeDeep(data, signal))).toBe(true);
});
