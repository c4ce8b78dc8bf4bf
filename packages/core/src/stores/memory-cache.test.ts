import { describe, expect, it } from 'vitest';
import { memoryCache } from './memory-cache.ts';

const bytes = (length: number) => new Uint8Array(length).fill(length);

async function kept(cache: ReturnType<typeof memoryCache>, keys: string) {
  const found = await Promise.all([...keys].map(async (key) => [key, await cache.get(key)]));
  return found.flatMap(([key, value]) => (value ? [key] : [])).join('');
}

describe('memoryCache', () => {
  it('keeps what was asked for last, within its entries and bytes', async () => {
    const cache = memoryCache({ maxEntries: 3, maxBytes: 100 });
    for (const key of 'abc') await cache.set(key, bytes(10));
    await cache.get('a');
    await cache.set('d', bytes(10));
    expect(await kept(cache, 'abcd')).toBe('acd');
    await cache.set('e', bytes(85));
    expect(await kept(cache, 'acde')).toBe('de');
  });

  it('keeps nothing that is too large by itself, nor the entry that it was to replace', async () => {
    const cache = memoryCache({ maxBytes: 10 });
    await cache.set('a', bytes(10));
    await cache.set('a', bytes(11));
    expect(await kept(cache, 'a')).toBe('');
  });

  it('counts a replaced entry once', async () => {
    const cache = memoryCache({ maxBytes: 20 });
    for (let time = 0; time < 5; time += 1) await cache.set('a', bytes(9));
    await cache.set('b', bytes(9));
    expect(await kept(cache, 'ab')).toBe('ab');
  });

  it('takes and gives copies', async () => {
    const cache = memoryCache();
    const given = bytes(3);
    await cache.set('a', given);
    given.fill(0);
    (await cache.get('a'))!.fill(9);
    expect(await cache.get('a')).toEqual(bytes(3));
  });

  it.each([
    [{ maxEntries: 0 }, 'maxEntries'],
    [{ maxEntries: Number.NaN }, 'maxEntries'],
    [{ maxBytes: -1 }, 'maxBytes'],
    [{ maxBytes: '1' }, 'maxBytes'],
    [{ maxByte: 1 }, 'did you mean maxBytes?'],
  ])('refuses %o', (options, told) => {
    expect(() => memoryCache(options as object)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTIONS',
        message: expect.stringContaining(told),
      }),
    );
  });
});
