// Runs graphs from a seed on, and prints a line of JSON for each.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  ComfygenError,
  createCallContext,
  createRandom,
  type ExecutorV1,
} from '../../packages/core/src/plugin.ts';
import { createTestPlan } from '../../packages/core/src/testing/index.ts';
import { embedded } from '../../packages/embedded/src/index.ts';
import { encodeRgbPng } from '../../packages/embedded/src/nodes/index.ts';
import { watchSlices } from '../cpu-slices.ts';
import { randomGraph } from './random-graph.ts';

/** What became of one graph. */
export interface GraphRun {
  seed: number;
  /** The job's last state, or the code that refused or failed it. */
  end: string;
  /** An error that is none of ours. */
  raw?: string | undefined;
  /** From an abort to the end of the job; absent where it ended by itself. */
  abortMs?: number | undefined;
  /** The longest time for which the event loop had no turn, in the process's own time. */
  sliceMs: number;
  rssMb: number;
}

/** A graph that takes longer is aborted. */
const PATIENCE_MS = 3000;

async function runGraphs(
  seed: number,
  count: number,
  tell: (run: GraphRun) => void,
): Promise<void> {
  const executor = embedded();
  await uploadFiles(executor);
  for (let i = 0; i < count; i += 1) tell(await runOne(executor, seed + i));
  await executor.dispose?.();
}

async function runOne(executor: ExecutorV1, seed: number): Promise<GraphRun> {
  const random = createRandom(seed);
  const workflow = randomGraph(random);
  const slices = watchSlices();
  const found: Partial<GraphRun> = {};
  try {
    const ctx = { ...createCallContext(), onRef: async () => {} };
    const ref = await executor.submit(createTestPlan(workflow), ctx);
    let isOver = false;
    const over = (async () => {
      for await (const _ of executor.watch!(ref, createCallContext()));
      isOver = true;
    })();
    await Promise.race([over, sleep(random() * PATIENCE_MS, undefined, { ref: true })]);
    if (!isOver) {
      const start = performance.now();
      await executor.cancel!(ref, createCallContext());
      await over;
      found.abortMs = Math.round(performance.now() - start);
    }
    const { state, failure } = await executor.inspect(ref, createCallContext());
    found.end = failure?.code ?? state;
    if (failure?.code === 'EXECUTION_FAILED') found.raw = failure.message;
  } catch (error) {
    found.end = ComfygenError.is(error) ? error.code : 'raw';
    if (!ComfygenError.is(error)) found.raw = String(error);
  }
  return {
    seed,
    end: found.end ?? 'unknown',
    ...found,
    sliceMs: slices.stop(),
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

async function uploadFiles(executor: ExecutorV1): Promise<void> {
  const plain = encodeRgbPng(64, 48, randomBytes(64 * 48 * 3));
  const withSize = (side: number) => {
    const bytes = Buffer.from(plain);
    bytes.writeUInt32BE(side, 16);
    bytes.writeUInt32BE(side, 20);
    return bytes;
  };
  const files = {
    'plain.png': plain,
    'bomb.png': withSize(30_000),
    'lying.png': withSize(2000),
    'cut.png': plain.subarray(0, plain.length >> 1),
  };
  for (const [name, bytes] of Object.entries(files)) {
    await executor.upload!({ name, bytes, mediaType: 'image/png' }, createCallContext());
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [seed = 1, count = 1] = process.argv.slice(2).map(Number);
  await runGraphs(seed, count, (run) => console.log(JSON.stringify(run)));
  process.exit();
}
