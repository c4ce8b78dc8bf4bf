import assert from 'node:assert/strict';
import type { TextCache } from '../../spec/index.ts';
import type { StoreCase } from './store-bench.ts';

const KEYS = ['plain', '', '../up', `${'long'.repeat(300)}\n`, 'ä🦊', 'PLAIN'];

export const textCases: StoreCase<TextCache>[] = [
  {
    name: 'keeps texts under keys of any kind, the last one of each',
    async run({ store }) {
      for (const key of KEYS) assert.equal(await store.get(key), undefined);
      for (const key of KEYS) await store.set(key, 'first');
      for (const [number, key] of KEYS.entries()) await store.set(key, `\uFEFF${number} 🦊\n`);
      for (const [number, key] of KEYS.entries())
        assert.equal(await store.get(key), `\uFEFF${number} 🦊\n`);
      assert.equal(await store.get('plain '), undefined);
    },
  },
  {
    name: 'shares texts with another store, also when both write at once',
    shared: true,
    async run({ store, another }) {
      const other = another!();
      const keys = Array.from({ length: 20 }, (_, number) => `key-${number}`);
      await Promise.all(
        keys.flatMap((key) => [
          store.set(key, 'x'.repeat(1_000)),
          other.set(key, 'y'.repeat(1_000)),
        ]),
      );
      for (const key of keys) assert.match(String(await store.get(key)), /^(x{1000}|y{1000})$/);
    },
  },
];
