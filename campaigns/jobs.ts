// Runs of a host on a pool of three ComfyUI servers over HTTP, while answers fail, sockets break, and servers restart
// or go away: what each run was told is held against what the servers did. Time is the test clock's.
import { createComfyGen, defineFlow } from '../packages/core/src/index.ts';
import { ComfygenError, createRandom } from '../packages/core/src/plugin.ts';
import {
  createTestClock,
  createTestGraph,
  type HttpFault,
} from '../packages/core/src/testing/index.ts';
import { comfyui } from '../packages/executors/src/comfyui/index.ts';
import { pool } from '../packages/executors/src/pool/index.ts';
import { type FakeComfyui, startFakeComfyui } from '../packages/executors/src/testing/index.ts';
import { type Findings, runCampaign, type Trials } from './campaign.ts';

/** Runs on one set of servers; as many as the servers' histories hold. */
const BATCH = 250;
/** A batch that has not settled by then counts as a fault, in milliseconds of the test clock. */
const SETTLE_MS = 24 * 3_600_000;

const FAULTS: HttpFault[] = [
  { kind: 'status', status: 500 },
  { kind: 'reset' },
  { kind: 'reset-after' },
  { kind: 'slow', ms: 3_000 },
  { kind: 'truncated' },
  { kind: 'rate-limited', hint: 'seconds', ms: 2_000 },
];
const ROUTES = ['GET /api/history/:id', 'GET /api/queue', 'GET /api/view', 'POST /api/prompt'];

/** Makes `trials` runs under faults that follow from the seed. */
export async function jobs({ trials, seed }: Trials): Promise<Findings> {
  const tally = { settled: 0, twice: 0, untyped: 0, doubled: 0, timersLeft: 0 };
  const codes: { [code: string]: number } = {};
  const met = { faults: 0, drops: 0, deaf: 0, restarts: 0, outages: 0 };
  let pictures = 0;
  let rerun = 0;
  for (let done = 0; done < trials; done += BATCH) {
    const count = Math.min(BATCH, trials - done);
    const batch = await runBatch(count, seed + done, met);
    rerun += batch.rerun;
    tally.timersLeft += batch.timersLeft;
    const hashes: string[] = [];
    for (const [end, ...again] of batch.ends) {
      if (end !== undefined) tally.settled += 1;
      tally.twice += again.length;
      if (Array.isArray(end)) hashes.push(...end);
      else if (ComfygenError.is(end)) codes[end.code] = (codes[end.code] ?? 0) + 1;
      else tally.untyped += 1;
    }
    pictures += hashes.length;
    // Each run has a seed of its own: two equal pictures would be one job told twice.
    tally.doubled += hashes.length - new Set(hashes).size;
  }
  const { settled, ...wrong } = tally;
  const faults = trials - settled + Object.values(wrong).reduce((sum, n) => sum + n, 0);
  return { faults, ...tally, pictures, codes, rerun, met };
}

interface Batch {
  /** How each run ended: the hashes of its pictures, or its error; more than one end is a fault. */
  ends: unknown[][];
  rerun: number;
  timersLeft: number;
}

async function runBatch(count: number, seed: number, met: Met): Promise<Batch> {
  const random = createRandom(seed);
  const clock = createTestClock();
  const servers = await Promise.all(
    [200, 200, 500].map((stepMs) =>
      startFakeComfyui({ clock, timeline: () => ({ stepMs, nodeMs: 20 }) }),
    ),
  );
  const executor = pool({ executors: servers.map(({ url }) => comfyui({ url })) });
  const flows = [defineFlow({ id: 'flow', workflow: createTestGraph() })];
  const comfygen = createComfyGen({ flows, executor, clock, concurrency: 50, maxRetries: 0 });
  // What is loaded with the first run takes none of the clock's time, in which there would be hours of trouble.
  await clock.run(comfygen.generate('a red apple', { seed: count }));
  const over = new AbortController();
  const trouble = makeTrouble(servers, clock, { random, met, over: over.signal });
  const ends: unknown[][] = Array.from({ length: count }, () => []);
  const runs = ends.map((end, at) =>
    comfygen.generate('a red apple', { seed: at }).then(
      ({ images }) => end.push(images.map(({ hash }) => hash)),
      (error: unknown) => end.push(error),
    ),
  );
  await clock.run(Promise.all(runs), SETTLE_MS);
  over.abort();
  await clock.run(trouble);
  await comfygen.dispose();
  await executor.dispose?.();
  await clock.settle();
  for (const server of servers) await server.close();
  return { ends, rerun: executor.status().rerun, timersLeft: clock.sleeping };
}

type Met = { faults: number; drops: number; deaf: number; restarts: number; outages: number };

interface Trouble {
  random: () => number;
  met: Met;
  over: AbortSignal;
}

/** Every second or two something breaks at one of the servers, until it is over. */
async function makeTrouble(
  servers: readonly FakeComfyui[],
  clock: ReturnType<typeof createTestClock>,
  { random, met, over }: Trouble,
): Promise<void> {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const isOver = () => over.aborted;
  while (!isOver()) {
    await clock.sleep(500 + random() * 3_000, over).catch(() => {});
    if (isOver()) return;
    const server = pick(servers);
    const dice = random();
    if (dice < 0.6) {
      met.faults += 1;
      server.faults.add(pick(ROUTES), pick(FAULTS));
    } else if (dice < 0.75) {
      met.drops += 1;
      server.drop();
    } else if (dice < 0.85) {
      met.deaf += 1;
      server.deafen();
    } else if (dice < 0.95) {
      met.restarts += 1;
      await server.restart();
    } else {
      met.outages += 1;
      await server.kill();
      await clock.sleep(20_000);
      await server.start();
    }
  }
}

await runCampaign(import.meta.url, 'jobs', jobs);
