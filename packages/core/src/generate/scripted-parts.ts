import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type {
  ExecutorV1,
  Flow,
  JobEvent,
  JobRef,
  JobSnapshot,
  JobState,
  Plan,
  ScorerV1,
} from '../spec/index.ts';
import { defineExecutor, defineScorer } from '../util/define.ts';

/** A small flow whose id is its prefix; `batch` leaves out the batch slot when false. */
export function smallFlow(id: string, { negative = 'blurry' } = {}): Flow {
  return defineFlow({
    id,
    title: id,
    workflow: {
      '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a.safetensors' } },
      '2': { class_type: 'CLIPTextEncode', inputs: { text: id, clip: ['1', 1] } },
      '3': { class_type: 'CLIPTextEncode', inputs: { text: negative, clip: ['1', 1] } },
      '4': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
      '5': {
        class_type: 'KSampler',
        inputs: {
          model: ['1', 0],
          positive: ['2', 0],
          negative: ['3', 0],
          latent_image: ['4', 0],
          seed: 1,
          steps: 4,
          cfg: 7,
          sampler_name: 'euler',
          scheduler: 'normal',
          denoise: 1,
        },
      },
      '6': { class_type: 'VAEDecode', inputs: { samples: ['5', 0], vae: ['1', 2] } },
      '7': { class_type: 'SaveImage', inputs: { images: ['6', 0], filename_prefix: 'x' } },
    },
  });
}

/** What a scripted job does when it is followed. */
export type Script =
  | 'succeed'
  | 'hang'
  | { fail: ConstructorParameters<typeof ComfygenError>[0]; retryable?: boolean }
  | { refuse: ComfygenError };

/** An executor in memory, written from the spec: each submit takes the next script, the last one repeats. */
export function scriptedExecutor(scripts: Script[], name = 'scripted') {
  const submitted: Plan[] = [];
  const canceled: string[] = [];
  const jobs = new Map<string, { plan: Plan; script: Script; state: JobState }>();
  const find = (ref: JobRef) => {
    const job = jobs.get(ref.id);
    if (!job) throw new ComfygenError('NOT_FOUND', `no job ${ref.id}`);
    return job;
  };
  const executor: ExecutorV1 = defineExecutor({
    name,
    supports: {
      progress: true,
      previews: false,
      cancel: true,
      upload: false,
      inventory: false,
      webhooks: false,
      resume: true,
      ownId: true,
      seed: true,
      nodeOutputs: true,
      http: false,
    },
    async submit(plan, ctx) {
      ctx.signal.throwIfAborted();
      const script = scripts[Math.min(submitted.length, scripts.length - 1)]!;
      submitted.push(plan);
      if (typeof script === 'object' && 'refuse' in script) throw script.refuse;
      const ref = { executor: name, id: plan.id, submittedAt: ctx.clock.now() };
      await ctx.onRef(ref);
      const state = script === 'succeed' ? 'succeeded' : script === 'hang' ? 'running' : 'failed';
      jobs.set(ref.id, { plan, script, state });
      return ref;
    },
    async inspect(ref) {
      const { plan, script, state } = find(ref);
      const count = plan.workflow['4']!.inputs['batch_size'] as number;
      const outputs = Array.from({ length: count }, (_, index) => ({
        nodeId: '7',
        index,
        kind: 'image' as const,
        fileName: `${index}.png`,
        mediaType: 'image/png',
        ref: {},
      }));
      const failure =
        typeof script === 'object' && 'fail' in script
          ? {
              code: script.fail,
              message: `scripted ${script.fail}`,
              retryable: script.retryable ?? false,
            }
          : undefined;
      const snapshot: JobSnapshot = {
        state,
        rawState: state,
        outputs: state === 'succeeded' ? outputs : [],
        warnings: [],
      };
      return failure ? { ...snapshot, failure } : snapshot;
    },
    async *watch(ref, ctx): AsyncIterable<JobEvent> {
      for (const fraction of [0.2, 0.1, 0.6]) yield { type: 'progress', progress: { fraction } };
      const { state } = find(ref);
      if (state === 'running')
        await new Promise((resolve) =>
          ctx.signal.addEventListener('abort', resolve, { once: true }),
        );
      else yield { type: 'state', state };
    },
    async cancel(ref, ctx) {
      canceled.push(ref.id);
      find(ref).state = 'canceled';
      return executor.inspect(ref, ctx);
    },
    async download(output, ref) {
      const bytes = new TextEncoder().encode(`${find(ref).plan.hash}#${output.index}`);
      return { bytes, mediaType: 'image/png' };
    },
  });
  return { executor, submitted, canceled };
}

/** Prefers the image whose text ends in the highest number. */
export const lastIsBest: ScorerV1 = defineScorer({
  name: 'last-is-best',
  version: '1',
  range: [0, 100],
  supports: { deterministic: true, prompt: false, network: false },
  async score({ image }) {
    const index = Number(new TextDecoder().decode(image.bytes).split('#')[1]);
    return { value: index, raw: { index }, warnings: [] };
  },
});
