import { expect, it } from 'vitest';
import { border } from './border.ts';

it('takes any value at any border, and settles with an error of its own where it fails', async () => {
  const { faults, settled, places, told } = await border({ trials: 300, seed: 5 });
  expect(told).toEqual([]);
  expect([faults, settled]).toEqual([0, 300]);
  expect(places).toBeGreaterThan(50);
}, 60_000);
