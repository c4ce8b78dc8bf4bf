// Two processes write to one store; again and again one of them is killed, and all that a store had said it keeps is
// looked for.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../packages/core/src/plugin.ts';
import { type Findings, runCampaign, type Trials } from './campaign.ts';
import { isKept, type Kept, openStores, STORE_KINDS, type StoreKind } from './kills/stores.ts';

const WRITER = fileURLToPath(new URL('./kills/writer.ts', import.meta.url));
const FLAGS = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];
/** A writer is killed within this time after its first word. */
const LONGEST_LIFE_MS = 200;

/** Kills `trials` processes on each kind of store. */
export async function kills(trials: Trials): Promise<Findings> {
  const stores: Record<string, Findings> = {};
  for (const kind of STORE_KINDS) stores[kind] = await killOn(kind, trials);
  const faults = Object.values(stores).reduce((sum, found) => sum + found.faults, 0);
  return { faults, ...stores };
}

async function killOn(kind: StoreKind, { trials, seed }: Trials): Promise<Findings> {
  const place = await mkdtemp(join(tmpdir(), `comfygen-kills-${kind}-`));
  const random = createRandom(seed);
  const damaged: string[] = [];
  const lost: Kept[] = [];
  let said = 0;
  let other: Writer | undefined;
  const check = async (writer: Writer) => {
    const words = await writer.kill();
    const stores = openStores(kind, place, ({ reason }) => damaged.push(reason));
    for (const kept of lastOf(words)) if (!(await isKept(stores, kept))) lost.push(kept);
    said += words.length;
  };
  try {
    for (let trial = 0; trial < trials; trial += 1) {
      const writer = startWriter(kind, place, `writer-${trial}`);
      await writer.started;
      await sleep(random() * LONGEST_LIFE_MS);
      // The one before lived on meanwhile: either is killed while the other writes.
      const victim = other && random() < 0.5 ? other : writer;
      other = victim === writer ? other : writer;
      await check(victim);
    }
    if (other) await check(other);
    const { records, jobs, texts } = openStores(kind, place, ({ reason }) => damaged.push(reason));
    const listed = (await count(records.list())) + (await count(jobs.list()));
    await texts.set('last', 'sweeps too');
    const drafts = (await readdir(place, { recursive: true })).filter((n) => n.endsWith('.tmp'));
    const faults = lost.length + damaged.length + drafts.length;
    return {
      faults,
      said,
      listed,
      lost: lost.length,
      damaged: damaged.length,
      drafts: drafts.length,
    };
  } finally {
    await other?.kill();
    await rm(place, { recursive: true });
  }
}

/** Of each job only the last word holds. */
function lastOf(words: readonly Kept[]): Kept[] {
  const last = new Map(
    words.map((kept) => [`${kept[0]} ${kept[1]} ${kept[0] === 'job' ? '' : kept[2]}`, kept]),
  );
  // The job that was in work may be a step further than what was said of it.
  const inWork = words.findLast(([kind]) => kind === 'job')?.[1];
  return [...last.values()].filter(([kind, id]) => kind !== 'job' || id !== inWork);
}

interface Writer {
  /** Resolves with the first thing that was kept. */
  started: Promise<void>;
  /** Kills it, and gives all that it said. */
  kill(): Promise<Kept[]>;
}

function startWriter(kind: StoreKind, place: string, name: string): Writer {
  const child: ChildProcess = spawn(process.execPath, [...FLAGS, WRITER, kind, place, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const words: Kept[] = [];
  const first = Promise.withResolvers<void>();
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => {
      first.reject(new Error(`${name} ended by itself.`));
      resolve();
    });
  });
  // A word that was cut by the kill was not said.
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (!line.endsWith(']')) return;
    words.push(JSON.parse(line));
    first.resolve();
  });
  return {
    started: first.promise,
    async kill() {
      child.kill('SIGKILL');
      await closed;
      return words;
    },
  };
}

async function count(list: AsyncIterable<unknown>): Promise<number> {
  let number = 0;
  for await (const _ of list) number += 1;
  return number;
}

await runCampaign(import.meta.url, 'kills', kills);
