// node --conditions=comfygen-source bench/stores.ts [--records 100000] [--stores sqlite,folder] [--under DIR]
// Milliseconds of one call where so many records are kept, from a store of its own that is opened then.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { folderRecordStore, sqliteStore } from '../packages/core/src/node/index.ts';
import { createRandom } from '../packages/core/src/plugin.ts';
import { createTestRecord } from '../packages/core/src/testing/store/test-entries.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '100000' },
    stores: { type: 'string', default: 'sqlite,folder' },
    calls: { type: 'string', default: '1000' },
    under: { type: 'string', default: tmpdir() },
  },
});
const kept = Number(values.records);
const calls = Number(values.calls);

const recordOf = (runId: string) =>
  createTestRecord(runId, {
    probabilities: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`flow-${n}`, 0.05])),
    planHash: `sha256:${'0'.repeat(64)}`,
    scorer: { name: 'technical', version: '1' },
    images: [
      {
        hash: `sha256:${'0'.repeat(64)}`,
        mediaType: 'image/png',
        seed: '7',
        score: 0.5,
        raw: { sharp: 0.5 },
      },
    ],
  });

const MAKERS = {
  sqlite: (place: string) => sqliteStore(join(place, 'store.db')).records,
  folder: (place: string) => folderRecordStore(join(place, 'records')),
};

/** Median, 99th percentile and most of `calls` calls, in milliseconds. */
async function measure(call: (number: number) => Promise<unknown>) {
  const times: number[] = [];
  for (let number = 0; number < calls; number += 1) {
    const start = performance.now();
    await call(number);
    times.push(performance.now() - start);
  }
  const first = times[0]!;
  times.sort((a, b) => a - b);
  const at = (share: number) => Number(times[Math.floor((times.length - 1) * share)]!.toFixed(3));
  return { median: at(0.5), p99: at(0.99), most: at(1), first: Number(first.toFixed(3)) };
}

for (const name of values.stores.split(',') as (keyof typeof MAKERS)[]) {
  const place = mkdtempSync(join(values.under, 'comfygen-bench-'));
  try {
    const filler = MAKERS[name](place);
    const start = performance.now();
    for (let number = 0; number < kept; number += 1) await filler.append(recordOf(`run-${number}`));
    const fillS = Math.round((performance.now() - start) / 1_000);
    const random = createRandom(1);
    const known = () => `run-${Math.floor(random() * kept)}`;
    const store = MAKERS[name](place);
    const get = await measure(() => store.get(known()));
    const miss = await measure((number) => store.get(`none-${number}`));
    const append = await measure((number) => store.append(recordOf(`new-${number}`)));
    const replace = await measure(() => store.append(recordOf(known())));
    const verdict = await measure((number) => store.addFeedback(known(), { value: 1, at: number }));
    const listed = performance.now();
    let count = 0;
    for await (const _ of store.list()) count += 1;
    const listS = Number(((performance.now() - listed) / 1_000).toFixed(1));
    console.log(
      JSON.stringify({
        store: name,
        kept,
        fillS,
        get,
        miss,
        append,
        replace,
        verdict,
        count,
        listS,
      }),
    );
  } finally {
    rmSync(place, { recursive: true });
  }
}
