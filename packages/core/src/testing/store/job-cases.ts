import assert from 'node:assert/strict';
import type { JobStore } from '../../spec/index.ts';
import { all, type StoreCase } from './store-bench.ts';
import { createTestEntry } from './test-entries.ts';

const listOf = async (store: JobStore) =>
  (await all(store.list())).map(({ planId, state }) => [planId, state]);

export const jobCases: StoreCase<JobStore>[] = [
  {
    name: 'keeps, replaces and deletes references, in the order of their first put',
    async run({ store }) {
      assert.equal(await store.get('a'), undefined);
      assert.deepEqual(await listOf(store), []);
      for (const id of ['b', 'a', 'c']) await store.put(createTestEntry(id));
      await store.put(createTestEntry('b', 'succeeded'));
      await store.delete('c');
      await store.delete('c');
      assert.deepEqual(await listOf(store), [
        ['b', 'succeeded'],
        ['a', 'queued'],
      ]);
      assert.deepEqual(await store.get('a'), createTestEntry('a'));
      assert.equal(await store.get('c'), undefined);
    },
  },
  {
    name: 'keeps the last of the states that are put at once',
    async run({ store }) {
      const states = ['queued', 'running', 'succeeded'] as const;
      await Promise.all(states.map((state) => store.put(createTestEntry('a', state))));
      assert.deepEqual(await listOf(store), [['a', 'succeeded']]);
    },
  },
  {
    name: 'shares references with another store, and loses none that both put at once',
    shared: true,
    async run({ store, another }) {
      const other = another!();
      const ids = Array.from({ length: 40 }, (_, number) => `job-${number}`);
      await Promise.all(
        ids.map((id, number) => (number % 2 === 0 ? store : other).put(createTestEntry(id))),
      );
      await Promise.all(ids.slice(0, 10).map((id) => other.delete(id)));
      const kept = (await listOf(store)).map(([id]) => id);
      assert.deepEqual(kept.sort(), ids.slice(10).sort());
    },
  },
];
