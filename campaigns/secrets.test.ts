import { expect, it } from 'vitest';
import { secrets } from './secrets.ts';

it('shows no secret that was planted, wherever it was', async () => {
  const { faults, found, planted } = await secrets({ trials: 60, seed: 5 });
  expect(found).toEqual([]);
  expect(faults).toBe(0);
  expect(Object.values(planted as object)).toEqual([10, 10, 10, 10, 10, 10]);
});
