import type { Workflow, WorkflowNode } from 'comfygen/plugin';

/** Inputs to change, by node id. */
export type Changes = { [id: string]: WorkflowNode['inputs'] };

/** Text to image on the two-colour world, 64 × 64, four steps. */
export function textToImage(changes: Changes = {}): Workflow {
  const checkpoint = { ckpt_name: 'two-colours.safetensors' };
  const nodes: Workflow = {
    loader: { class_type: 'CheckpointLoaderSimple', inputs: checkpoint },
    positive: { class_type: 'CLIPTextEncode', inputs: { text: 'red', clip: ['loader', 1] } },
    negative: { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['loader', 1] } },
    latent: {
      class_type: 'EmptyLatentImage',
      inputs: { width: 64, height: 64, batch_size: 1 },
    },
    sampler: {
      class_type: 'KSampler',
      inputs: {
        model: ['loader', 0],
        seed: 7,
        steps: 4,
        cfg: 2,
        sampler_name: 'euler',
        scheduler: 'normal',
        positive: ['positive', 0],
        negative: ['negative', 0],
        latent_image: ['latent', 0],
        denoise: 1,
      },
    },
    decode: {
      class_type: 'VAEDecode',
      inputs: { samples: ['sampler', 0], vae: ['loader', 2] },
    },
    save: {
      class_type: 'SaveImage',
      inputs: { images: ['decode', 0], filename_prefix: 'picture' },
    },
  };
  return change(nodes, changes);
}

/** A copy of a graph with other inputs. */
export function change(workflow: Workflow, changes: Changes): Workflow {
  const copy = structuredClone(workflow);
  for (const [id, inputs] of Object.entries(changes)) Object.assign(copy[id]!.inputs, inputs);
  return copy;
}

/** The quickest graph that succeeds: no model, one black picture. */
export function blankImage(): Workflow {
  return {
    blank: { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color: 0 } },
    show: { class_type: 'PreviewImage', inputs: { images: ['blank', 0] } },
  };
}
