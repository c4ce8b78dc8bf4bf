import type { Inventory } from 'comfygen/plugin';
import type { NodeCatalogue } from 'comfygen/workflow';

/** Inputs of core's loaders that list the files of a folder. */
const LOADERS: [classType: string, input: string, folder: string][] = [
  ['CheckpointLoaderSimple', 'ckpt_name', 'checkpoints'],
  ['UNETLoader', 'unet_name', 'diffusion_models'],
  ['CLIPLoader', 'clip_name', 'text_encoders'],
  ['VAELoader', 'vae_name', 'vae'],
  ['LoraLoader', 'lora_name', 'loras'],
  ['ControlNetLoader', 'control_net_name', 'controlnet'],
  ['UpscaleModelLoader', 'model_name', 'upscale_models'],
];

/** Model files by folder, as the loaders of a catalogue list them; a folder without a list is left out. */
export function modelsInCatalogue(catalogue: NodeCatalogue): Inventory['models'] {
  const models: Inventory['models'] = {};
  for (const [classType, input, folder] of LOADERS) {
    const { required = {}, optional = {} } = catalogue[classType]?.input ?? {};
    const files = optionsOf(required[input] ?? optional[input]);
    if (files) models[folder] = files;
  }
  return models;
}

/** Both ways in which `object_info` writes a choice: the list itself, and `['COMBO', { options }]`. */
function optionsOf(spec: unknown): string[] | undefined {
  if (!Array.isArray(spec)) return undefined;
  const [type, more] = spec as [unknown, { options?: unknown } | undefined];
  const list = type === 'COMBO' ? more?.options : type;
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : undefined;
}
