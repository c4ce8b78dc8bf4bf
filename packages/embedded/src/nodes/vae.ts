import { ComfygenError } from 'comfygen/plugin';
import type { ImageBatch, Tensor, Vae } from '../model/types.ts';
import { defineNode } from '../runtime/node-definition.ts';
import { fitLatent } from './fit-latent.ts';

const vaeDecode = defineNode<{ samples: { samples: Tensor }; vae: Vae }>({
  classType: 'VAEDecode',
  work: 3,
  inputs: { required: { samples: ['LATENT'], vae: ['VAE'] } },
  outputs: ['IMAGE'],
  run: ({ samples, vae }) => [vae.decode(fitLatent(samples.samples, vae.latentChannels))],
});

const vaeEncode = defineNode<{ pixels: ImageBatch; vae: Vae }>({
  classType: 'VAEEncode',
  work: 3,
  inputs: { required: { pixels: ['IMAGE'], vae: ['VAE'] } },
  outputs: ['LATENT'],
  run({ pixels, vae }) {
    if (pixels.width < 8 || pixels.height < 8) {
      throw new ComfygenError(
        'INVALID_WORKFLOW',
        `A picture of ${pixels.width} × ${pixels.height} is too small: a latent cell takes 8 × 8.`,
      );
    }
    return [{ samples: vae.encode(pixels) }];
  },
});

/** Nodes between latents and pictures. */
export const vaeNodes = [vaeDecode, vaeEncode];
