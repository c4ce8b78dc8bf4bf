// node --conditions=comfygen-source bench/embedded-stall.ts [--worker false] [--aborts 20] [--side 1024]
// How long @comfygen/embedded keeps its host waiting: the longest time without a turn of the event loop while it draws
// heavy graphs and while `adherence` scores a picture, and the time from an abort to the job's end, at moments spread
// over a drawing.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { watchSlices } from '../campaigns/cpu-slices.ts';
import { createCallContext, type JobRef, type Workflow } from '../packages/core/src/plugin.ts';
import {
  createTestBrief,
  createTestGraph,
  createTestPlan,
} from '../packages/core/src/testing/index.ts';
import { embedded } from '../packages/embedded/src/index.ts';
import { adherence } from '../packages/embedded/src/scorer/index.ts';

const { values } = parseArgs({
  options: {
    worker: { type: 'string', default: 'true' },
    aborts: { type: 'string', default: '20' },
    side: { type: 'string', default: '1024' },
  },
});
const side = Number(values.side);

/** A large picture of two things, enlarged four times. */
function heavyGraph(seed: number): Workflow {
  const graph = createTestGraph({
    loader: { ckpt_name: 'emoji-world-noto.safetensors' },
    positive: { text: 'a red fox left of a blue owl at night' },
    negative: { text: '' },
    latent: { width: side, height: side },
    sampler: { seed, steps: 8, cfg: 4 },
  });
  graph['upscaler'] = {
    class_type: 'UpscaleModelLoader',
    inputs: { model_name: 'emoji-upscale-2x.pth' },
  };
  graph['upscale'] = {
    class_type: 'ImageUpscaleWithModel',
    inputs: { upscale_model: ['upscaler', 0], image: ['decode', 0] },
  };
  graph['save']!.inputs['images'] = ['upscale', 0];
  return graph;
}

const start = () =>
  embedded({ cacheBytes: 0, ...(values.worker === 'false' && { worker: false }) });

async function submit(executor: ReturnType<typeof start>, seed: number): Promise<JobRef> {
  const ctx = { ...createCallContext(), onRef: async () => {} };
  return executor.submit(createTestPlan(heavyGraph(seed)), ctx);
}

async function toEnd(executor: ReturnType<typeof start>, ref: JobRef): Promise<void> {
  for await (const _ of executor.watch!(ref, createCallContext()));
}

/**
 * The longest time without a turn during `work`: in the host thread's own processor time, which other processes don't
 * lengthen, and as Node's histogram has it.
 */
async function watchLoop(work: () => Promise<void>) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  const slices = watchSlices();
  histogram.enable();
  const from = performance.now();
  await work();
  const longestMs = slices.stop();
  histogram.disable();
  const ms = (value: number) => Number(value.toFixed(1));
  return {
    longestMs,
    wallMs: ms(histogram.max / 1e6),
    wallP99Ms: ms(histogram.percentile(99) / 1e6),
    tookMs: Math.round(performance.now() - from),
  };
}

async function run(executor: ReturnType<typeof start>, seed: number): Promise<void> {
  const ref = await submit(executor, seed);
  await toEnd(executor, ref);
  const { state, failure } = await executor.inspect(ref, createCallContext());
  if (state !== 'succeeded') throw new Error(`${state}: ${failure?.message}`);
}

/** The first score of this process, which reads the art, and the second, of the same picture. */
async function watchScores() {
  const executor = start();
  const ref = await submit(executor, 1);
  await toEnd(executor, ref);
  const ctx = createCallContext();
  const { outputs } = await executor.inspect(ref, ctx);
  const { bytes } = await executor.download(outputs[0]!, ref, ctx);
  await executor.dispose!();
  const brief = createTestBrief('a red fox left of a blue owl at night');
  const scorer = adherence({ maxPixels: 2 ** 24, maxBytes: 1e9 });
  const image = { bytes, mediaType: 'image/png' };
  const score = async () => void (await scorer.score({ image, brief }, ctx));
  return { first: await watchLoop(score), second: await watchLoop(score) };
}

const scores = await watchScores();
const executor = start();
const first = await watchLoop(() => run(executor, 1));
const second = await watchLoop(() => run(executor, 2));
const aborts: number[] = [];
const whileAborting = await watchLoop(async () => {
  for (let n = 0; n < Number(values.aborts); n += 1) {
    const ref = await submit(executor, 3 + n);
    const ended = toEnd(executor, ref);
    await sleep((second.tookMs * (n + 0.5)) / Number(values.aborts));
    const from = performance.now();
    await executor.cancel!(ref, createCallContext());
    await ended;
    aborts.push(performance.now() - from);
  }
});
aborts.sort((a, b) => a - b);
const at = (share: number) => Number(aborts[Math.floor((aborts.length - 1) * share)]!.toFixed(1));
const disposing = await submit(executor, 1).then(async (ref) => {
  const ended = toEnd(executor, ref);
  await sleep(second.tookMs / 2);
  const from = performance.now();
  await executor.dispose!();
  await ended;
  return performance.now() - from;
});
console.log(
  JSON.stringify({
    worker: values.worker !== 'false',
    side,
    first,
    second,
    whileAborting,
    scores,
    abortMs: { p50: at(0.5), p99: at(0.99), most: at(1) },
    disposeMs: Number(disposing.toFixed(1)),
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
