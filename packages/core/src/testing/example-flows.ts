import { defineFlow } from '../library/define-flow.ts';
import type { Flow, Workflow } from '../spec/index.ts';

/** Four small flows that differ in what they are good for. */
export function exampleFlows(): Flow[] {
  return [
    defineFlow({ id: 'plain', tags: ['photorealistic'], workflow: textToImage(20) }),
    defineFlow({ id: 'two-objects', tags: ['two-objects'], workflow: textToImage(24) }),
    defineFlow({ id: 'fast', tags: ['fast', 'anime'], workflow: textToImage(4) }),
    defineFlow({ id: 'detailed', tags: ['high-detail', 'landscape'], workflow: textToImage(50) }),
  ];
}

/** The smallest text-to-image graph of core's node classes. */
export function textToImage(steps: number): Workflow {
  const model = ['1', 0] as [string, number];
  return {
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'example.safetensors' } },
    '2': { class_type: 'CLIPTextEncode', inputs: { text: 'a tree', clip: ['1', 1] } },
    '3': { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['1', 1] } },
    '4': { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
    '5': {
      class_type: 'KSampler',
      inputs: {
        model,
        positive: ['2', 0],
        negative: ['3', 0],
        latent_image: ['4', 0],
        seed: 1,
        steps,
        cfg: 7,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
      },
    },
    '6': { class_type: 'VAEDecode', inputs: { samples: ['5', 0], vae: ['1', 2] } },
    '7': { class_type: 'SaveImage', inputs: { images: ['6', 0], filename_prefix: 'example' } },
  };
}
