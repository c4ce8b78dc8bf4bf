import type { FakeComfyui } from '../../packages/executors/src/testing/index.ts';
import { FIRST_SEED, seedOf } from './graphs.ts';
import type { Load, ServerSetup } from './types.ts';

/** One thing that goes wrong, and how a client should come out of it. */
export interface FaultCase {
  name: string;
  /** `done`: with the right files. `failed`: by a rejection. `either`: one of the two. */
  right: 'done' | 'failed' | 'either';
  server?: Partial<ServerSetup>;
  load?: Partial<Load>;
  /** Run when the client is ready, before its first job. */
  arm?(fake: FakeComfyui): void;
  /** Run when the first job has started; may wait. */
  during?(fake: FakeComfyui): Promise<void>;
  /** What an error must say to be of use. */
  tells?: RegExp;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const READS = ['/queue', '/history', '/history/:id'].flatMap((path) => [path, `/api${path}`]);
const SLOW = { steps: 5, stepMs: 1_000 };

async function postElsewhere(fake: FakeComfyui, path: string, json: unknown): Promise<void> {
  await fetch(fake.url + path, { method: 'POST', body: JSON.stringify(json) });
}

export const FAULTS: readonly FaultCase[] = [
  {
    name: 'socket drops once',
    right: 'done',
    server: SLOW,
    async during(fake) {
      await sleep(1_000);
      fake.drop();
    },
  },
  {
    name: 'socket drops twice',
    right: 'done',
    server: { steps: 8, stepMs: 1_000 },
    async during(fake) {
      await sleep(1_000);
      fake.drop();
      await sleep(4_000);
      fake.drop();
    },
  },
  {
    name: 'socket drops while the job ends',
    right: 'done',
    server: { steps: 2, stepMs: 500 },
    async during(fake) {
      await sleep(500);
      fake.refuseSockets(true);
      fake.drop();
      await sleep(2_000);
      fake.refuseSockets(false);
    },
  },
  {
    name: 'server restarts, history lost',
    right: 'either',
    server: SLOW,
    async during(fake) {
      await sleep(1_000);
      await fake.restart();
    },
  },
  {
    name: 'one 500 on each read',
    right: 'done',
    server: { steps: 4, stepMs: 500 },
    arm(fake) {
      for (const path of READS) fake.faults.add(`GET ${path}`, { kind: 'status', status: 500 });
      fake.faults.add('GET /api/jobs/:id', { kind: 'status', status: 500 });
    },
  },
  {
    name: 'one 500 on the submit',
    right: 'either',
    arm(fake) {
      for (const path of ['/prompt', '/api/prompt'])
        fake.faults.add(`POST ${path}`, { kind: 'status', status: 500 });
    },
  },
  { name: 'silent for 15 s', right: 'done', server: { steps: 1, stepMs: 15_000 } },
  { name: 'all cached', right: 'done', load: { jobs: 2, repeat: true } },
  {
    name: 'three outputs, one at once',
    right: 'done',
    server: { steps: 4, stepMs: 250 },
    load: { shape: 'three-saves' },
  },
  {
    name: 'three outputs, two wanted',
    right: 'done',
    server: { steps: 4, stepMs: 250 },
    load: { shape: 'three-saves', wanted: 2 },
  },
  {
    name: 'interrupted by someone',
    right: 'failed',
    server: SLOW,
    async during(fake) {
      await sleep(1_000);
      await postElsewhere(fake, '/interrupt', {});
    },
    tells: /interrupt|cancel/i,
  },
  {
    name: 'deleted from the queue by someone',
    right: 'failed',
    server: { steps: 2, stepMs: 1_000 },
    // The first job is the neighbour; the second waits behind it.
    load: { neighbour: 'text' },
    async during(fake) {
      await sleep(500);
      const waiting = fake.state.pending.find(([, , graph]) => seedOf(graph) === FIRST_SEED);
      await postElsewhere(fake, '/queue', { delete: [waiting?.[1]] });
    },
    tells: /lost|delet|cancel|gone|not found|no longer/i,
  },
  { name: 'a node fails', right: 'failed', load: { shape: 'failing' }, tells: /out of paint/ },
  {
    name: "another job's node fails",
    right: 'done',
    server: { steps: 4, stepMs: 250 },
    load: { neighbour: 'failing' },
  },
  {
    name: 'a model file is missing',
    right: 'failed',
    load: { shape: 'bad-model' },
    tells: /missing\.safetensors|ckpt_name/,
  },
  {
    name: 'server dead at the start',
    right: 'failed',
    load: { warmUp: 0 },
    tells: /refused|reach|unavailable|fetch failed|socket/i,
  },
];
