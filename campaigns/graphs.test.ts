import { expect, it } from 'vitest';
import { graphs } from './graphs.ts';

it('random graphs on the embedded executor end in a picture or an error of ours, in bounded memory', async () => {
  const { faults, crashes, raw, ends } = await graphs({ trials: 6, seed: 11 });
  expect({ faults, crashes, raw }).toEqual({ faults: 0, crashes: 0, raw: [] });
  expect(Object.values(ends as Record<string, number>).reduce((sum, n) => sum + n, 0)).toBe(6);
});
