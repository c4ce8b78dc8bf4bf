import type { NodeDefinition } from '../runtime/node-definition.ts';
import { compositeNodes } from './composite.ts';
import { conditioningNodes } from './conditioning.ts';
import { imageFileNodes } from './image-files.ts';
import { imageScaleNodes } from './image-scale.ts';
import { imageNodes } from './images.ts';
import { inpaintNodes } from './inpaint.ts';
import { latentScaleNodes } from './latent-scale.ts';
import { latentNodes } from './latents.ts';
import { loaderNodes } from './loaders.ts';
import { maskNodes } from './masks.ts';
import { samplerPartNodes } from './sampler-parts.ts';
import { samplerNodes } from './samplers.ts';
import { textNodes } from './text.ts';
import { vaeNodes } from './vae.ts';

/** ComfyUI's node classes that run here, with its names, inputs and rules. */
export const coreNodes: readonly NodeDefinition[] = [
  ...loaderNodes,
  ...textNodes,
  ...conditioningNodes,
  ...latentNodes,
  ...latentScaleNodes,
  ...samplerNodes,
  ...samplerPartNodes,
  ...vaeNodes,
  ...imageNodes,
  ...imageScaleNodes,
  ...imageFileNodes,
  ...maskNodes,
  ...compositeNodes,
  ...inpaintNodes,
];
