// Gives pictures from a seed on to every decoder, and prints a line of JSON for each.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readGraph } from '../../packages/core/src/node/index.ts';
import {
  ComfygenError,
  createCallContext,
  createRandom,
  type ScorerV1,
} from '../../packages/core/src/plugin.ts';
import { createTestBrief, createTestPlan } from '../../packages/core/src/testing/index.ts';
import { embedded } from '../../packages/embedded/src/index.ts';
import { adherence } from '../../packages/embedded/src/scorer/index.ts';
import { technical } from '../../packages/scorers/src/technical/index.ts';
import { watchSlices } from '../cpu-slices.ts';
import { randomBomb } from './pictures.ts';

/** What became of one picture. */
export interface BombRun {
  seed: number;
  kind: string;
  size: number;
  /** For each decoder `read`, the code of its refusal, or `raw` and an error that is none of ours. */
  ends: Record<string, string>;
  /** The longest time for which the event loop had no turn, in the process's own time. */
  sliceMs: number;
  rssMb: number;
}

/** Decoders as hosts reach them. */
const DECODERS: Record<string, (bytes: Uint8Array) => Promise<unknown>> = {
  technical: (bytes) => score(technical(), bytes),
  adherence: (bytes) => score(adherence(), bytes),
  async LoadImage(bytes) {
    const executor = embedded();
    const ctx = { ...createCallContext(), onRef: async () => {} };
    await executor.upload!({ name: 'in.png', bytes, mediaType: 'image/png' }, ctx);
    const plan = createTestPlan({
      load: { class_type: 'LoadImage', inputs: { image: 'in.png' } },
      save: { class_type: 'PreviewImage', inputs: { images: ['load', 0] } },
    });
    const ref = await executor.submit(plan, ctx);
    for await (const _ of executor.watch!(ref, ctx));
    const { failure } = await executor.inspect(ref, ctx);
    await executor.dispose?.();
    if (failure?.code === 'EXECUTION_FAILED') throw new Error(failure.message);
    if (failure) throw new ComfygenError(failure.code as 'UNSUPPORTED_FORMAT', failure.message);
  },
  async readGraph(bytes) {
    const folder = await mkdtemp(join(tmpdir(), 'comfygen-bombs-'));
    try {
      await writeFile(join(folder, 'in.png'), bytes);
      await readGraph(join(folder, 'in.png'));
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

function score(scorer: ScorerV1, bytes: Uint8Array): Promise<unknown> {
  const request = { image: { bytes, mediaType: 'image/png' }, brief: createTestBrief('a fox') };
  return scorer.score(request, createCallContext());
}

/** Runs so many pictures. */
async function runBombs(seed: number, count: number, tell: (run: BombRun) => void): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const { kind, bytes } = randomBomb(createRandom(seed + i));
    const slices = watchSlices();
    const ends: BombRun['ends'] = {};
    for (const [name, decode] of Object.entries(DECODERS)) {
      ends[name] = await decode(bytes).then(
        () => 'read',
        (error: unknown) => (ComfygenError.is(error) ? error.code : `raw ${String(error)}`),
      );
    }
    const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
    tell({ seed: seed + i, kind, size: bytes.length, ends, sliceMs: slices.stop(), rssMb });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [seed = 1, count = 1] = process.argv.slice(2).map(Number);
  await runBombs(seed, count, (run) => console.log(JSON.stringify(run)));
  process.exit();
}
