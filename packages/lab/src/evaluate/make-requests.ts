import { defineFlow } from 'comfygen';
import {
  type Brief,
  type Flow,
  type ScoredPrompt,
  type SelectorRequest,
  splitPrompt,
  type Workflow,
} from 'comfygen/plugin';

/** A flow for each column: the known one of this id, else a bare graph whose checkpoint has the column's name. */
export function flowsOf(ids: readonly string[], known: readonly Flow[] = []): Flow[] {
  const byId = new Map(known.map((flow) => [flow.id, flow]));
  return ids.map((id) => byId.get(id) ?? bareFlow(id));
}

// A column's name need not be a flow's id in kebab-case; to selectors it is the id all the same.
function bareFlow(id: string): Flow {
  return { ...defineFlow({ id: 'column', title: id, workflow: textToImage(id) }), id };
}

/** The request of a host that offers these flows for this prompt. */
export function makeRequest(
  prompt: ScoredPrompt,
  flows: readonly Flow[],
  options: Brief['options'],
  choiceSeed: number,
): SelectorRequest {
  const brief: Brief = {
    prompt: prompt.text,
    negative: undefined,
    seed: 0,
    width: undefined,
    height: undefined,
    count: 1,
    parts: splitPrompt(prompt.text),
    limits: {},
    options,
  };
  return { brief, flows, inventory: null, choiceSeed };
}

function textToImage(name: string): Workflow {
  return {
    '1': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: `${name}.safetensors` } },
    '2': { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['1', 1] } },
    '3': { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['1', 1] } },
    '4': { class_type: 'EmptyLatentImage', inputs: { width: 1024, height: 1024, batch_size: 1 } },
    '5': {
      class_type: 'KSampler',
      inputs: {
        model: ['1', 0],
        positive: ['2', 0],
        negative: ['3', 0],
        latent_image: ['4', 0],
        seed: 0,
        steps: 20,
        cfg: 7,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
      },
    },
    '6': { class_type: 'VAEDecode', inputs: { samples: ['5', 0], vae: ['1', 2] } },
    '7': { class_type: 'SaveImage', inputs: { images: ['6', 0], filename_prefix: 'bench' } },
  };
}
