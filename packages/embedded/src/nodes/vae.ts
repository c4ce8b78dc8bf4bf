import { ComfygenError, finishWork, type Work } from 'comfygen/plugin';
import type { ImageBatch, Tensor, Vae } from '../model/types.ts';
import { defineNode, type NodeContext } from '../runtime/node-definition.ts';
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
    return [{ samples: yield* encodePixels(pixels, vae, context) }];
  },
});

/** The latent of pictures, within the limits. Throws INVALID_WORKFLOW for a side below 8 pixels. */
export function* encodePixels(
  pixels: ImageBatch,
  vae: Vae,
  context: Pick<NodeContext, 'checkPixels' | 'checkBytes'>,
): Work<Tensor> {
  const { width, height, count } = pixels;
  if (width < 8 || height < 8) {
    throw new ComfygenError(
      'INVALID_WORKFLOW',
      `A picture of ${width} × ${height} is too small: a latent cell takes 8 × 8.`,
    );
  }
  context.checkPixels(width, height, count);
  context.checkBytes((width * height * count * vae.latentChannels * 4) / 64);
  return yield* finishWork(vae.encode(pixels));
}

/** Nodes between latents and pictures. */
export const vaeNodes = [vaeDecode, vaeEncode];
