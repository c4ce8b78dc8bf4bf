import { createTestGraph } from 'comfygen/testing';
import type { Workflow } from 'comfygen/workflow';

/** Two savers and a preview, and a batch of three. */
export function manyOutputs(): Workflow {
  const images = ['decode', 0] as [string, number];
  return {
    ...createTestGraph({
      latent: { batch_size: 3 },
      save: { filename_prefix: 'folder/zebra' },
    }),
    second: { class_type: 'SaveImage', inputs: { images, filename_prefix: 'ape' } },
    preview: { class_type: 'PreviewImage', inputs: { images } },
  };
}
