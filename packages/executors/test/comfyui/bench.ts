import { type ComfyuiOptions, comfyui } from '@comfygen/executors/comfyui';
import {
  createTestClock,
  type FakeComfyuiOptions,
  startFakeComfyui,
} from '@comfygen/executors/testing';
import type { ExecutorV1, JobEvent, JobRef, Plan, SubmitContext } from 'comfygen/plugin';
import { createCallContext } from 'comfygen/plugin';
import type { Workflow } from 'comfygen/workflow';

/** A text-to-image graph with a sampler of `steps` steps. */
export function textToImage(seed: number | bigint = 7, steps = 4): Workflow {
  const sampler = { sampler_name: 'euler', scheduler: 'normal', cfg: 7, denoise: 1 };
  return {
    loader: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'model.safetensors' } },
    good: { class_type: 'CLIPTextEncode', inputs: { text: 'a red apple', clip: ['loader', 1] } },
    bad: { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['loader', 1] } },
    latent: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
    sampler: {
      class_type: 'KSampler',
      inputs: {
        ...sampler,
        seed,
        steps,
        model: ['loader', 0],
        positive: ['good', 0],
        negative: ['bad', 0],
        latent_image: ['latent', 0],
      },
    },
    decode: { class_type: 'VAEDecode', inputs: { samples: ['sampler', 0], vae: ['loader', 2] } },
    save: { class_type: 'SaveImage', inputs: { images: ['decode', 0], filename_prefix: 'test' } },
  };
}

/** A plan of a graph; only what an executor reads is filled in. */
export function planOf(workflow: Workflow = textToImage(), outputNodes = ['save']): Plan {
  const brief = {
    prompt: 'a red apple',
    options: {},
    limits: {},
    count: 1,
  } as unknown as Plan['brief'];
  return {
    id: crypto.randomUUID(),
    runId: crypto.randomUUID(),
    flowId: 'test',
    workflow,
    outputNodes,
    hash: 'none',
    seed: '7',
    brief,
  };
}

/** A fake server, an executor on it, and a clock that both go by. */
export async function openBench(given: FakeComfyuiOptions = {}, options: ComfyuiOptions = {}) {
  const clock = createTestClock();
  const fake = await startFakeComfyui({ clock, ...given });
  const executors: ExecutorV1[] = [];
  const another = (more: ComfyuiOptions = options) => {
    const one = comfyui({ url: fake.url, ...more });
    executors.push(one);
    return one;
  };
  const executor = another();
  const call = (signal?: AbortSignal): SubmitContext => ({
    ...createCallContext({ clock, ...(signal && { signal }) }),
    onRef: async () => {},
  });
  const submit = (plan = planOf(), on = executor) => clock.run(on.submit(plan, call()));
  return {
    clock,
    fake,
    executor,
    another,
    call,
    submit,
    /** Looks as often as core does with events at hand, until the job is over. */
    end: (ref: JobRef, on = executor) =>
      clock.run(
        (async () => {
          for (;;) {
            const snapshot = await on.inspect(ref, call());
            if (['succeeded', 'failed', 'canceled', 'expired'].includes(snapshot.state))
              return snapshot;
            await clock.sleep(2_000);
          }
        })(),
      ),
    /** All events of a job until its watch ends. */
    async watch(ref: JobRef, on = executor) {
      const events: JobEvent[] = [];
      const watching = (async () => {
        for await (const event of on.watch!(ref, call())) events.push(event);
      })();
      return { events, watching };
    },
    async close() {
      await Promise.all(executors.map((one) => one.dispose?.()));
      await clock.settle();
      await fake.close();
    },
  };
}

export type Bench = Awaited<ReturnType<typeof openBench>>;
