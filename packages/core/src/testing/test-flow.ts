import { defineFlow } from '../library/define-flow.ts';
import type { Flow, Workflow, WorkflowNode } from '../spec/index.ts';

/** Inputs to set in a graph, by node id. */
export interface InputChanges {
  readonly [nodeId: string]: WorkflowNode['inputs'];
}

/**
 * The usual text-to-image graph in ComfyUI's own node classes: 64 × 64 pixels, four steps, seed 7, one saved picture.
 * Its nodes are `loader`, `positive`, `negative`, `latent`, `sampler`, `decode` and `save`; `changes` sets inputs of
 * them: `{ sampler: { seed: 8 } }`.
 */
export function createTestGraph(changes: InputChanges = {}): Workflow {
  const graph: Workflow = {
    loader: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'model.safetensors' } },
    positive: { class_type: 'CLIPTextEncode', inputs: { text: 'a red fox', clip: ['loader', 1] } },
    negative: { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['loader', 1] } },
    latent: { class_type: 'EmptyLatentImage', inputs: { width: 64, height: 64, batch_size: 1 } },
    sampler: {
      class_type: 'KSampler',
      inputs: {
        seed: 7,
        steps: 4,
        cfg: 7,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
        model: ['loader', 0],
        positive: ['positive', 0],
        negative: ['negative', 0],
        latent_image: ['latent', 0],
      },
    },
    decode: { class_type: 'VAEDecode', inputs: { samples: ['sampler', 0], vae: ['loader', 2] } },
    save: { class_type: 'SaveImage', inputs: { images: ['decode', 0], filename_prefix: 'test' } },
  };
  for (const [nodeId, inputs] of Object.entries(changes)) {
    const node = graph[nodeId];
    if (!node) throw new Error(`The test's graph has no node "${nodeId}".`);
    Object.assign(node.inputs, inputs);
  }
  return graph;
}

/**
 * A flow of the usual text-to-image graph, or of `changes.workflow`, read as core reads any; `changes` replaces fields
 * of the result. Any text may be the id.
 */
export function createTestFlow(id = 'test', changes: Partial<Flow> = {}): Flow {
  const workflow = changes.workflow ?? createTestGraph({ save: { filename_prefix: id } });
  return { ...defineFlow({ id: 'test', title: id, workflow }), id, ...changes };
}
