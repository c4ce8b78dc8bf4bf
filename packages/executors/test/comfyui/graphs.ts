import type { Plan } from 'comfygen/plugin';
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

/** Two savers and a preview, and a batch of three. */
export function manyOutputs(): Workflow {
  const graph = textToImage();
  const images = ['decode', 0] as [string, number];
  graph['latent']!.inputs['batch_size'] = 3;
  graph['save']!.inputs['filename_prefix'] = 'folder/zebra';
  graph['second'] = { class_type: 'SaveImage', inputs: { images, filename_prefix: 'ape' } };
  graph['preview'] = { class_type: 'PreviewImage', inputs: { images } };
  return graph;
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
