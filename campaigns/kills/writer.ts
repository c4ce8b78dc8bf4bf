// A process that writes without end, and says on stdout what each store has said that it keeps.
import { writeSync } from 'node:fs';
import {
  createTestEntry,
  createTestRecord,
} from '../../packages/core/src/testing/store/test-entries.ts';
import { type Kept, openStores, type StoreKind, textOf } from './stores.ts';

const [kind, place, name] = process.argv.slice(2) as [StoreKind, string, string];
const { records, jobs, texts } = openStores(kind, place);

const recordOf = (runId: string) => createTestRecord(runId, { prompt: 'a red apple '.repeat(50) });
// Written before anything else is: a process that is killed has said all that it knows.
const say = (kept: Kept) => writeSync(1, `${JSON.stringify(kept)}\n`);

for (let number = 0; ; number += 1) {
  const id = `${name}-${number}`;
  await records.append(recordOf(id));
  say(['record', id]);
  // One run that every process knows: appended again and judged by all at once.
  const shared = `shared-${Math.floor(number / 8)}`;
  await records.append(recordOf(shared));
  await records.addFeedback(shared, { value: 1, at: number, note: id });
  say(['verdict', shared, id]);
  await jobs.put(createTestEntry(id, 'queued'));
  say(['job', id, 'queued']);
  await jobs.put(createTestEntry(id, 'succeeded'));
  say(['job', id, 'succeeded']);
  if (number % 3 === 0) {
    await jobs.delete(id);
    say(['job', id, 'gone']);
  }
  await texts.set(id, textOf(id));
  say(['text', id]);
}
