import { expect, it } from 'vitest';
import { jobs } from './jobs.ts';

it('runs on three servers under faults, restarts and outages settle once each, and none is doubled', async () => {
  const { faults, met, ...found } = await jobs({ trials: 120, seed: 7 });
  expect(found).toMatchObject({ settled: 120, twice: 0, untyped: 0, doubled: 0, timersLeft: 0 });
  expect(faults).toBe(0);
  expect(found['pictures']).toBeGreaterThan(110);
  // A campaign that breaks nothing shows nothing.
  for (const times of Object.values(met as object)) expect(times).toBeGreaterThan(0);
});
