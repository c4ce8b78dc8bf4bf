import { expect, it } from 'vitest';
import { createRandom } from './random.ts';

it('gives the same numbers for the same seed, evenly from 0 to below 1', () => {
  const draw = (seed: number) => Array.from({ length: 10_000 }, createRandom(seed));
  const numbers = draw(7);
  expect(numbers).toEqual(draw(7));
  expect(numbers).toEqual(draw(7 + 2 ** 32));
  expect(numbers).not.toEqual(draw(8));
  const tenths = new Array(10).fill(0);
  for (const number of numbers) tenths[Math.floor(number * 10)] += 1;
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});
