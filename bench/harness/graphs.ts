import type { Workflow } from '../../packages/core/src/workflow/index.ts';
import type { Job, Shape } from './types.ts';

/** About as long as the graphs that people send: 6 KB with this prompt. */
export const PROMPT = 'a red fox in deep snow, soft light. '.repeat(125).trim();

/** The seed of the first job after the warm-up's. */
export const FIRST_SEED = 1_001;
/** The seed of a job that runs beside the one that is looked at. */
export const NEIGHBOUR_SEED = 900_001;
/** The seed of a job that its server lets fail. */
export const FAILING_SEED = 666_666;

/** A job; seeds must differ where files are told apart by them. */
export function jobOf(shape: Shape, seed: number, steps: number, wanted?: number): Job {
  const graph = graphOf(shape, seed, steps);
  const saves = Object.keys(graph).filter((id) => graph[id]?.class_type === 'SaveImage');
  return { seed, shape, graph, wanted: saves.slice(0, wanted ?? saves.length) };
}

/** The graph of a shape. */
export function graphOf(shape: Shape, seed: number, steps: number): Workflow {
  const ckpt_name = shape === 'bad-model' ? 'missing.safetensors' : 'model.safetensors';
  const filename_prefix = `job-${seed}`;
  const text: Workflow = {
    '3': {
      class_type: 'KSampler',
      inputs: {
        seed,
        steps,
        cfg: 7,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
        model: ['4', 0],
        positive: ['6', 0],
        negative: ['7', 0],
        latent_image: ['5', 0],
      },
    },
    '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name } },
    '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 512, batch_size: 1 } },
    '6': { class_type: 'CLIPTextEncode', inputs: { text: PROMPT, clip: ['4', 1] } },
    '7': { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['4', 1] } },
    '8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
    '9': { class_type: 'SaveImage', inputs: { images: ['8', 0], filename_prefix } },
  };
  if (shape !== 'three-saves') return text;
  return {
    '1': {
      class_type: 'EmptyImage',
      inputs: { width: 64, height: 64, batch_size: 1, color: seed % 1_000 },
    },
    '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix } },
    ...text,
    '10': { class_type: 'ImageInvert', inputs: { image: ['8', 0] } },
    '11': { class_type: 'SaveImage', inputs: { images: ['10', 0], filename_prefix } },
  };
}

/** The seed that names a graph's job. */
export function seedOf(graph: Workflow): number {
  return Number(graph['3']?.inputs['seed']);
}
