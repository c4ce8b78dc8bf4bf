import { expect, it } from 'vitest';
import { kills } from './kills.ts';

it('stores lose and damage nothing when processes that write are killed', async () => {
  const { faults, ...found } = await kills({ trials: 5, seed: 7 });
  const clean = { faults: 0, lost: 0, damaged: 0, drafts: 0 };
  expect(found).toMatchObject({ sqlite: clean, folder: clean });
  expect(faults).toBe(0);
  for (const one of Object.values(found) as { said: number; listed: number }[]) {
    expect(one.said).toBeGreaterThan(5);
    expect(one.listed).toBeGreaterThan(0);
  }
});
