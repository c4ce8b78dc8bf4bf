import {
  type CallContext,
  ComfygenError,
  createCallContext,
  type ExecutorV1,
  type JobRef,
  type JobSnapshot,
  type Plan,
  splitPrompt,
  type Workflow,
} from 'comfygen/plugin';
import type { TestClock } from 'comfygen/testing';
import { hashWorkflow } from 'comfygen/workflow';

/** A key that tests plant: it may show up nowhere. */
export const SECRET = 'planted-secret-1234567';

/** Text to image in core's classes; with `saves`, so many nodes that save its picture. */
export function testGraph({ saves = 1, batch = 1, steps = 3 } = {}): Workflow {
  const graph: Workflow = {
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'model.safetensors' } },
    '2': { class_type: 'CLIPTextEncode', inputs: { text: 'a red fox', clip: ['1', 1] } },
    '3': { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['1', 1] } },
    '4': { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: batch } },
    '5': {
      class_type: 'KSampler',
      inputs: {
        model: ['1', 0],
        positive: ['2', 0],
        negative: ['3', 0],
        latent_image: ['4', 0],
        seed: 7,
        steps,
        cfg: 7,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
      },
    },
    '6': { class_type: 'VAEDecode', inputs: { samples: ['5', 0], vae: ['1', 2] } },
  };
  for (let place = 0; place < saves; place += 1)
    graph[String(9 + place)] = {
      class_type: 'SaveImage',
      inputs: { images: ['6', 0], filename_prefix: `fox/save${place}` },
    };
  return graph;
}

/** A plan of a graph, as core would bind it. */
export function testPlan(workflow = testGraph(), options: Plan['brief']['options'] = {}): Plan {
  const prompt = 'a red fox';
  const outputs = Object.keys(workflow).filter((id) =>
    /SaveImage|PreviewImage/.test(workflow[id]?.class_type ?? ''),
  );
  return {
    id: crypto.randomUUID(),
    runId: crypto.randomUUID(),
    flowId: 'test',
    workflow,
    outputNodes: outputs,
    hash: hashWorkflow(workflow),
    seed: '7',
    brief: {
      prompt,
      negative: undefined,
      seed: 7,
      width: undefined,
      height: undefined,
      count: 1,
      parts: splitPrompt(prompt),
      limits: {},
      options,
    },
  };
}

/** Drives an executor on a test's clock. */
export interface TestDriver {
  clock: TestClock;
  ctx: CallContext;
  submit(plan?: Plan): Promise<JobRef>;
  /** Looks until the job is over. */
  end(ref: JobRef): Promise<JobSnapshot>;
  /** The error that a promise rejects with: ours, and without the planted secret. */
  errorOf(promise: Promise<unknown>): Promise<ComfygenError>;
}

/** A driver; all it does passes on the clock, nothing sleeps. */
export function createTestDriver(executor: ExecutorV1, clock: TestClock): TestDriver {
  const ctx = createCallContext({ clock });
  const looked = async (ref: JobRef) => {
    for (;;) {
      const snapshot = await executor.inspect(ref, ctx);
      if (['succeeded', 'failed', 'canceled', 'expired'].includes(snapshot.state)) return snapshot;
      await clock.sleep(1_000);
    }
  };
  return {
    clock,
    ctx,
    submit: (plan = testPlan()) =>
      clock.run(executor.submit(plan, { ...ctx, onRef: async () => {} })),
    end: (ref) => clock.run(looked(ref)),
    async errorOf(promise) {
      const outcome = await clock.run(
        promise.then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        ),
      );
      if (!('error' in outcome)) throw new Error(`It gave ${JSON.stringify(outcome.value)}.`);
      const { error } = outcome;
      if (!ComfygenError.is(error)) throw error;
      const { stack, cause } = error;
      if (`${stack} ${JSON.stringify(error)} ${String(cause)}`.includes(SECRET))
        throw new Error(`The error shows the planted secret: ${error.message}`);
      return error;
    },
  };
}
