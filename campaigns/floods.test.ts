import { expect, it } from 'vitest';
import { FLOODS } from './floods/kinds.ts';
import { floods } from './floods.ts';

it('a run on a server that sends too much settles, with what it could get', {
  timeout: 300_000,
}, async () => {
  const { outcomes } = await floods({ trials: FLOODS.length, seed: 3 }, 0.02);
  const kinds = Object.keys(outcomes as object);
  expect(kinds).toHaveLength(FLOODS.length);
  expect(kinds.filter((kind) => /unsettled|untyped/.test(kind))).toEqual([]);
  expect(kinds).toContain('none: picture');
  expect(kinds).toContain('progress: picture');
});
