import { expect, it } from 'vitest';
import { bombs } from './bombs.ts';

it('hostile pictures end in a score or an error of ours, in bounded memory', async () => {
  const { faults, crashes, raw, read, refused } = await bombs({ trials: 8, seed: 2 });
  expect({ faults, crashes, raw }).toEqual({ faults: 0, crashes: 0, raw: [] });
  // Four decoders each.
  expect((read as number) + (refused as number)).toBe(32);
});
