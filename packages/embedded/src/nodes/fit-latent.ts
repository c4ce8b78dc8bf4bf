import { ComfygenError } from 'comfygen/plugin';
import type { Tensor } from '../model/types.ts';

/**
 * The latent in a model's number of channels. An empty one is made anew, as ComfyUI does; anything
 * else that does not fit throws INVALID_WORKFLOW.
 */
export function fitLatent(latent: Tensor, channels: number): Tensor {
  const [count = 0, given = 0, height = 0, width = 0] = latent.shape;
  if (given === channels) return latent;
  if (latent.data.every((value) => value === 0)) {
    const shape = [count, channels, height, width];
    return { shape, data: new Float32Array(count * channels * height * width) };
  }
  throw new ComfygenError(
    'INVALID_WORKFLOW',
    `The latent has ${given} channels, the model works with ${channels}: they come from different models.`,
  );
}
