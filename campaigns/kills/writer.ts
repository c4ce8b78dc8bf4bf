// A process that writes without end, and says on stdout what each store has said that it keeps.
import { writeSync } from 'node:fs';
import type { JobEntry, RunRecord } from '../../packages/core/src/index.ts';
import { type Kept, openStores, type StoreKind, textOf } from './stores.ts';

const [kind, place, name] = process.argv.slice(2) as [StoreKind, string, string];
const { records, jobs, texts } = openStores(kind, place);

const recordOf = (runId: string): RunRecord => ({
  schema: 'comfygen/record@1',
  runId,
  at: 1_000,
  prompt: 'a red apple '.repeat(50),
  brief: {},
  labels: [],
  selector: 'rules',
  probabilities: {},
  choiceSeed: 0,
  flowId: 'one',
  planHash: 'sha256:00',
  executor: 'embedded',
  scorer: null,
  images: [],
  feedback: [],
  timings: { selectMs: 1, executeMs: 2, scoreMs: 3, totalMs: 6 },
  warnings: [],
  versions: {},
});
const entryOf = (planId: string, state: JobEntry['state']): JobEntry => ({
  ref: { executor: 'embedded', id: planId, submittedAt: 1 },
  runId: 'run',
  planId,
  flowId: 'one',
  state,
});
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
  await jobs.put(entryOf(id, 'queued'));
  say(['job', id, 'queued']);
  await jobs.put(entryOf(id, 'succeeded'));
  say(['job', id, 'succeeded']);
  if (number % 3 === 0) {
    await jobs.delete(id);
    say(['job', id, 'gone']);
  }
  await texts.set(id, textOf(id));
  say(['text', id]);
}
