import { expect, it } from 'vitest';
import { memoryTextCache } from './memory-text-cache.ts';

it('keeps what was asked for last', async () => {
  const cache = memoryTextCache({ limit: 2 });
  await cache.set('a', '1');
  await cache.set('b', '2');
  expect(await cache.get('a')).toBe('1');
  await cache.set('c', '3');
  expect(await cache.get('b')).toBeUndefined();
  expect([await cache.get('a'), await cache.get('c')]).toEqual(['1', '3']);
});
