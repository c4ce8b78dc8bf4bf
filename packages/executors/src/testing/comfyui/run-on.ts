import {
  createCallContext,
  type ExecutorV1,
  type JobEvent,
  type JobRef,
  type JobSnapshot,
} from 'comfygen/plugin';
import { createTestBrief, createTestPlan } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';
import { type GraphRun, NodeFailure, type RunGraph } from './graph-run.ts';

/**
 * Makes a `RunGraph` that runs a fake server's graphs on an executor, such as the embedded one, and gives that one's
 * pictures, steps and failures.
 */
export function runOn(executor: ExecutorV1): RunGraph {
  return async (run) => {
    const { signal } = run;
    const ctx = createCallContext({ signal });
    run.cached([]);
    const workflow = await uploadInputs(run, executor);
    const plan = createTestPlan(workflow, {
      ...{ id: run.promptId, runId: run.promptId, flowId: 'fake-comfyui' },
      ...{ outputNodes: [...run.outputs], seed: '0', brief: createTestBrief('', { seed: 0 }) },
    });
    const ref = await executor.submit(plan, { ...ctx, onRef: async () => {} });
    const tell = createTeller(run);
    const stop = () => void executor.cancel?.(ref, createCallContext()).catch(() => {});
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const event of executor.watch?.(ref, ctx) ?? []) tell.event(event);
      const snapshot = await endOf(executor, ref, ctx);
      const { state, failure } = snapshot;
      if (state !== 'succeeded') {
        if (failure?.nodeId) run.start(failure.nodeId);
        throw new NodeFailure(failure?.code ?? 'RuntimeError', failure?.message ?? state);
      }
      await tell.outputs(snapshot, (output) => executor.download(output, ref, ctx));
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
}

async function endOf(
  executor: ExecutorV1,
  ref: JobRef,
  ctx: ReturnType<typeof createCallContext>,
): Promise<JobSnapshot> {
  for (;;) {
    const snapshot = await executor.inspect(ref, ctx);
    if (!['queued', 'running', 'canceling'].includes(snapshot.state)) return snapshot;
    await ctx.clock.sleep(50, ctx.signal);
  }
}

/** Tells what the job does as a server would: one node after the other. */
function createTeller(run: GraphRun) {
  let node: string | undefined;
  let step = 0;
  const move = (next: string) => {
    if (next === node) return;
    if (node !== undefined && !run.outputs.includes(node)) run.finish(node);
    node = next;
    step = 0;
    run.start(next);
  };
  return {
    event(event: JobEvent) {
      if (event.type === 'preview' && node !== undefined) {
        const { bytes, mediaType } = event;
        const isImage = mediaType === 'image/jpeg' || mediaType === 'image/png';
        if (isImage) run.step(node, step, Math.max(1, step), { bytes, mediaType });
      }
      if (event.type !== 'progress' || event.progress.node === undefined) return;
      move(event.progress.node);
      const { step: done, steps } = event.progress;
      if (done === undefined || steps === undefined || done === step) return;
      step = done;
      run.step(event.progress.node, done, steps);
    },
    async outputs(
      { outputs }: JobSnapshot,
      download: (output: JobSnapshot['outputs'][number]) => Promise<{ bytes: Uint8Array }>,
    ) {
      for (const id of run.outputs) {
        const own = outputs.filter(({ nodeId }) => nodeId === id);
        move(id);
        const { class_type, inputs } = run.workflow[id]!;
        const type = class_type === 'PreviewImage' ? 'temp' : 'output';
        const prefix = String(inputs['filename_prefix'] ?? 'ComfyUI');
        const images = [];
        for (const output of own)
          images.push(run.save((await download(output)).bytes, prefix, type));
        run.finish(id, { images });
      }
    },
  };
}

/** The graph with the input files that it names given to the executor. */
async function uploadInputs(run: GraphRun, executor: ExecutorV1): Promise<Workflow> {
  const workflow = structuredClone(run.workflow);
  const ctx = createCallContext({ signal: run.signal });
  for (const { inputs } of Object.values(workflow)) {
    for (const [input, value] of Object.entries(inputs)) {
      const bytes = typeof value === 'string' ? run.readInput(value) : undefined;
      if (!bytes || !executor.upload) continue;
      const file = { name: String(value), bytes, mediaType: 'image/png' };
      inputs[input] = (await executor.upload(file, ctx)).name;
    }
  }
  return workflow;
}
