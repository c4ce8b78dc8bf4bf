import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { defineFlow } from '../library/define-flow.ts';
import { folderRecordStore } from '../node/folder-stores.ts';
import { sqliteStore } from '../node/sqlite-store.ts';
import type { RecordStore } from '../spec/index.ts';
import { memoryRecordStore } from '../stores/memory-stores.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { createComfyGen } from './create-comfygen.ts';

it.each<[string, (place: string) => () => RecordStore]>([
  ['one SQLite file', (place) => () => sqliteStore(join(place, 'store.db')).records],
  ['one folder', (place) => () => folderRecordStore(place)],
  [
    'one store in memory',
    () =>
      (
        (store) => () =>
          store
      )(memoryRecordStore()),
  ],
])('two hosts on %s lose no verdict, though both say the same at once', async (_, openAt) => {
  const place = await mkdtemp(join(tmpdir(), 'comfygen-hosts-'));
  onTestFinished(() => rm(place, { recursive: true }));
  const open = openAt(place);
  const [one, two] = [open(), open()].map((records) =>
    createComfyGen({
      flows: [defineFlow({ id: 'one', workflow: createTestGraph() })],
      executor: scriptedBackend(['succeed']).create(),
      records,
    }),
  ) as [ReturnType<typeof createComfyGen>, ReturnType<typeof createComfyGen>];
  const { runId } = await one.generate('a red apple', { seed: 1 });
  for (let round = 0; round < 10; round += 1) {
    await Promise.all([one, two].map((host) => host.feedback(runId, { value: 1 })));
  }
  expect((await two.records.get(runId))?.feedback).toHaveLength(20);
});

it('a store without addFeedback still gets the verdict with its record', async () => {
  const { addFeedback: _, ...records } = memoryRecordStore();
  const host = createComfyGen({
    flows: [defineFlow({ id: 'one', workflow: createTestGraph() })],
    executor: scriptedBackend(['succeed']).create(),
    records,
  });
  const { runId } = await host.generate('a red apple', { seed: 1 });
  await host.feedback(runId, { value: 0.5, note: 'why not' });
  expect((await records.get(runId))?.feedback).toMatchObject([{ value: 0.5, note: 'why not' }]);
});
