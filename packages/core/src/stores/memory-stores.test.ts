import { describe, expect, it } from 'vitest';
import { jobStoreSuite, recordStoreSuite, textCacheSuite } from '../testing/store/store-suites.ts';
import { createTestEntry, createTestRecord } from '../testing/store/test-entries.ts';
import { memoryJobStore, memoryRecordStore, memoryTextCache } from './memory-stores.ts';

async function idsOf<T>(list: AsyncIterable<T>, id: (item: T) => string): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of list) ids.push(id(item));
  return ids;
}

const alone = <T>(make: () => T) => ({
  create: async () => ({ store: make(), another: undefined }),
});
recordStoreSuite({ describe, it }, alone(memoryRecordStore));
jobStoreSuite({ describe, it }, alone(memoryJobStore));
textCacheSuite({ describe, it }, alone(memoryTextCache));

describe('memoryRecordStore', () => {
  it('forgets the oldest beyond its limit', async () => {
    const store = memoryRecordStore({ limit: 2 });
    for (const id of ['a', 'b', 'c']) await store.append(createTestRecord(id));
    expect(await idsOf(store.list(), ({ runId }) => runId)).toEqual(['b', 'c']);
  });
});

describe('memoryJobStore', () => {
  it('keeps, lists and deletes copies, up to its limit', async () => {
    const store = memoryJobStore({ limit: 2 });
    for (const id of ['a', 'b', 'c']) await store.put(createTestEntry(id));
    expect(await store.get('a')).toBeUndefined();
    expect(await store.get('b')).toEqual(createTestEntry('b'));
    await store.delete('b');
    await store.delete('b');
    expect(await idsOf(store.list(), ({ planId }) => planId)).toEqual(['c']);
  });
});

it('keeps what was asked for last', async () => {
  const cache = memoryTextCache({ limit: 2 });
  await cache.set('a', '1');
  await cache.set('b', '2');
  expect(await cache.get('a')).toBe('1');
  await cache.set('c', '3');
  expect(await cache.get('b')).toBeUndefined();
  expect([await cache.get('a'), await cache.get('c')]).toEqual(['1', '3']);
});
