import type { Workflow } from 'comfygen/plugin';
import { createTestGraph, type InputChanges } from 'comfygen/testing';

/** Text to image on the two-colour world, 64 × 64, four steps. */
export function textToImage(changes: InputChanges = {}): Workflow {
  const graph = createTestGraph({
    loader: { ckpt_name: 'two-colours.safetensors' },
    positive: { text: 'red' },
    negative: { text: '' },
    sampler: { cfg: 2 },
    save: { filename_prefix: 'picture' },
  });
  return change(graph, changes);
}

/** A copy of a graph with other inputs. */
export function change(workflow: Workflow, changes: InputChanges): Workflow {
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
