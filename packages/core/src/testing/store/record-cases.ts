import assert from 'node:assert/strict';
import type { Feedback, RecordStore, RunRecord } from '../../spec/index.ts';
import { rejection, typedError } from '../check.ts';
import { all, type StoreCase } from './store-bench.ts';
import { createTestRecord } from './test-entries.ts';

const verdictOf = (value: number, at = 1): Feedback => ({ value, at, note: 'so it is' });
const valuesOf = (record: RunRecord | undefined) => record?.feedback.map(({ value }) => value);
const TEN = Array.from({ length: 10 }, (_, number) => number / 10);

export const recordCases: StoreCase<RecordStore>[] = [
  {
    name: 'keeps nothing at first',
    async run({ store }) {
      assert.equal(await store.get('none'), undefined);
      assert.deepEqual(await all(store.list()), []);
    },
  },
  {
    name: 'gives records back as they were, and as copies',
    async run({ store }) {
      const mine = createTestRecord('a', { predictions: { one: 0.5 } });
      await store.append(mine);
      mine.prompt = 'changed outside';
      const kept = await store.get('a');
      assert.deepEqual(kept, createTestRecord('a', { predictions: { one: 0.5 } }));
      kept!.labels.push('changed too');
      assert.deepEqual((await store.get('a'))?.labels, ['fruit']);
    },
  },
  {
    name: 'lists in the order of the first append; a later one replaces',
    async run({ store }) {
      for (const id of ['c', 'a', 'b', 'A']) await store.append(createTestRecord(id));
      await store.append(createTestRecord('c', { prompt: 'another' }));
      const listed = (await all(store.list())).map(({ runId, prompt }) => [runId, prompt]);
      const { prompt } = createTestRecord('a');
      const rest = ['a', 'b', 'A'].map((id) => [id, prompt]);
      assert.deepEqual(listed, [['c', 'another'], ...rest]);
    },
  },
  {
    name: 'takes many appends at once, the same run among them',
    async run({ store }) {
      const ids = Array.from({ length: 400 }, (_, number) => `run-${number % 300}`);
      await Promise.all(ids.map((id) => store.append(createTestRecord(id))));
      const listed = (await all(store.list())).map(({ runId }) => runId);
      assert.deepEqual(listed, [...new Set(ids)]);
      await store.append(createTestRecord('run-299', { prompt: 'another' }));
      assert.equal((await store.get('run-299'))?.prompt, 'another');
    },
  },
  {
    name: 'keeps all verdicts that are added at once, also equal ones',
    async run({ store }) {
      assert.ok(store.addFeedback, 'the store has no addFeedback');
      await store.append(createTestRecord('a', { feedback: [verdictOf(1)] }));
      await store.append(createTestRecord('b'));
      await Promise.all([...TEN, 0.5].map((value) => store.addFeedback?.('a', verdictOf(value))));
      assert.deepEqual(valuesOf(await store.get('a'))?.sort(), [...TEN, 0.5, 1].sort());
      assert.deepEqual(valuesOf(await store.get('b')), []);
    },
  },
  {
    name: 'refuses a verdict on a run that it does not keep with NOT_FOUND',
    async run({ store }) {
      const error = await rejection(
        Promise.resolve(store.addFeedback?.('none', verdictOf(1))),
        'addFeedback of an unknown run',
      );
      assert.equal(typedError(error, 'what addFeedback throws').code, 'NOT_FOUND');
      assert.equal(await store.get('none'), undefined);
    },
  },
  {
    name: 'keeps verdicts when their record is appended again, and adds the new ones once',
    async run({ store }) {
      await store.append(createTestRecord('a'));
      await store.addFeedback?.('a', verdictOf(0.1));
      const kept = await store.get('a');
      await store.addFeedback?.('a', verdictOf(0.2));
      await store.append({ ...kept!, feedback: [...kept!.feedback, verdictOf(0.3)] });
      await store.append(createTestRecord('a', { prompt: 'another' }));
      const last = await store.get('a');
      assert.equal(last?.prompt, 'another');
      assert.deepEqual(valuesOf(last), [0.1, 0.2, 0.3]);
      assert.deepEqual(await all(store.list()), [last]);
    },
  },
  {
    name: 'shows another store at once what it keeps',
    shared: true,
    async run({ store, another }) {
      const other = another!();
      assert.deepEqual(await all(other.list()), []);
      await store.append(createTestRecord('a'));
      assert.deepEqual(await other.get('a'), createTestRecord('a'));
      await other.append(createTestRecord('b'));
      await other.addFeedback?.('a', verdictOf(0.5));
      const listed = (await all(store.list())).map((record) => [record.runId, valuesOf(record)]);
      assert.deepEqual(listed, [
        ['a', [0.5]],
        ['b', []],
      ]);
    },
  },
  {
    name: 'loses nothing of what several stores write at once',
    shared: true,
    async run({ store, another }) {
      const stores = [store, another!(), another!()];
      await store.append(createTestRecord('all'));
      await Promise.all(
        stores.flatMap((one, number) =>
          TEN.map(async (value) => {
            await one.append(createTestRecord(`run-${number}-${value}`));
            await one.addFeedback?.('all', verdictOf(value));
            const record = (await one.get('all'))!;
            await one.append({ ...record, feedback: [...record.feedback, verdictOf(value, 2)] });
          }),
        ),
      );
      const expected = [...TEN, ...TEN].flatMap((value) => stores.map(() => value)).sort();
      const kept = valuesOf(await another!().get('all'))!.sort();
      // The same verdict of two hosts through `append` may be one; through `addFeedback` it is two.
      assert.ok(
        kept.length >= TEN.length * (stores.length + 1),
        `${kept.length} verdicts are kept`,
      );
      assert.deepEqual([...new Set(kept)], [...new Set(expected)]);
      assert.equal((await all(store.list())).length, 1 + stores.length * TEN.length);
    },
  },
];
