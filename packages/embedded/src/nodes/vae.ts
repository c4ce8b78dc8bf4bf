import { ComfygenError, finishWork } from 'comfygen/plugin';
import type { ImageBatch, Tensor, Vae } from '../model/types.ts';
import { defineNode } from '../runtime/node-definition.ts';
import { claimImage } from './claim-image.ts';
import { fitLatent } from './fit-latent.ts';

const vaeDecode = defineNode<{ samples: { samples: Tensor }; vae: Vae }>({
  classType: 'VAEDecode',
  work: 3,
  inputs: { required: { samples: ['LATENT'], vae: ['VAE'] } },
  outputs: ['IMAGE'],
  *run({ samples, vae }, context) {
    const [count = 0, , height = 0, width = 0] = samples.samples.shape;
    claimImage(context, width * 8, height * 8, count);
    const latent = fitLatent(samples.samples, vae.latentChannels);
    return [yield* finishWork(vae.decode(latent))];
  },
});

const vaeEncode = defineNode<{ pixels: ImageBatch; vae: Vae }>({
  classType: 'VAEEncode',
  work: 3,
  inputs: { required: { pixels: ['IMAGE'], vae: ['VAE'] } },
  outputs: ['LATENT'],
  *run({ pixels, vae }, context) {
    if (pixels.width < 8 || pixels.height < 8) {
      throw new ComfygenError(
        'INVALID_WORKFLOW',
        `A picture of ${pixels.width} × ${pixels.height} is too small: a latent cell takes 8 × 8.`,
      );
    }
    const { width, height, count } = pixels;
    context.checkPixels(width, height, count);
    context.checkBytes((width * height * count * vae.latentChannels * 4) / 64);
    return [{ samples: yield* finishWork(vae.encode(pixels)) }];
  },
});

/** Nodes between latents and pictures. */
export const vaeNodes = [vaeDecode, vaeEncode];
