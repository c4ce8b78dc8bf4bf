import { getEventListeners } from 'node:events';
import { createComfyGen, defineFlow } from '../../packages/core/src/index.ts';
import { comfyui } from '../../packages/executors/src/comfyui/index.ts';
import { graphOf, PROMPT } from '../harness/graphs.ts';
import { filesOf } from '../harness/plan.ts';
import type { Open, Shape } from '../harness/types.ts';

const SHAPES: Shape[] = ['text', 'three-saves', 'bad-model'];

/** `generate` as a host calls it: it chooses, runs, downloads the pictures and keeps a record. */
export const open: Open = async ([url]) => {
  const { signal } = new AbortController();
  const steps = Number(process.env['BENCH_STEPS']);
  const comfygen = createComfyGen({
    flows: SHAPES.map((id) => defineFlow({ id, workflow: graphOf(id, 1, steps) })),
    executor: comfyui({ url }),
    concurrency: 1_000,
  });
  return {
    async run({ shape, seed }) {
      const flow = shape === 'failing' ? 'text' : shape;
      const { images } = await comfygen.generate(PROMPT, { seed, flow, signal });
      return filesOf({ outputs: images.map(({ output }) => output) });
    },
    close: () => comfygen.dispose(),
    listeners: () => getEventListeners(signal, 'abort').length,
  };
};
