import type { TextEncoder } from '../model/types.ts';
import { defineNode, type InputSpec } from '../runtime/node-definition.ts';
import type { ModelHandle } from '../runtime/values.ts';

const STRENGTH: InputSpec = ['FLOAT', { default: 1, min: -100, max: 100, step: 0.01 }];

const checkpointLoader = defineNode<{ ckpt_name: string }>({
  classType: 'CheckpointLoaderSimple',
  inputs: { required: { ckpt_name: ['COMBO', { folder: 'checkpoints' }] } },
  outputs: ['MODEL', 'CLIP', 'VAE'],
  async run({ ckpt_name }, { library }) {
    const { model, clip, vae } = await library.loadCheckpoint(ckpt_name);
    const handle: ModelHandle = { diffusion: model, vae };
    return [handle, clip, vae];
  },
});

const vaeLoader = defineNode<{ vae_name: string }>({
  classType: 'VAELoader',
  inputs: { required: { vae_name: ['COMBO', { folder: 'vae' }] } },
  outputs: ['VAE'],
  run: async ({ vae_name }, { library }) => [await library.loadVae(vae_name)],
});

const loraLoader = defineNode<{
  model: ModelHandle;
  clip: TextEncoder;
  lora_name: string;
  strength_model: number;
  strength_clip: number;
}>({
  classType: 'LoraLoader',
  inputs: {
    required: {
      model: ['MODEL'],
      clip: ['CLIP'],
      lora_name: ['COMBO', { folder: 'loras' }],
      strength_model: STRENGTH,
      strength_clip: STRENGTH,
    },
  },
  outputs: ['MODEL', 'CLIP'],
  async run({ model, clip, lora_name, strength_model, strength_clip }, { library }) {
    const lora = await library.loadLora(lora_name);
    const diffusion =
      strength_model === 0 ? model.diffusion : model.diffusion.withLora(lora, strength_model);
    return [
      { ...model, diffusion },
      strength_clip === 0 ? clip : clip.withLora(lora, strength_clip),
    ];
  },
});

const loraLoaderModelOnly = defineNode<{
  model: ModelHandle;
  lora_name: string;
  strength_model: number;
}>({
  classType: 'LoraLoaderModelOnly',
  inputs: {
    required: {
      model: ['MODEL'],
      lora_name: ['COMBO', { folder: 'loras' }],
      strength_model: STRENGTH,
    },
  },
  outputs: ['MODEL'],
  async run({ model, lora_name, strength_model }, { library }) {
    if (strength_model === 0) return [model];
    const lora = await library.loadLora(lora_name);
    return [{ ...model, diffusion: model.diffusion.withLora(lora, strength_model) }];
  },
});

const upscaleModelLoader = defineNode<{ model_name: string }>({
  classType: 'UpscaleModelLoader',
  inputs: { required: { model_name: ['COMBO', { folder: 'upscale_models' }] } },
  outputs: ['UPSCALE_MODEL'],
  run: async ({ model_name }, { library }) => [await library.loadUpscaleModel(model_name)],
});

/** Nodes that load models. */
export const loaderNodes = [
  checkpointLoader,
  vaeLoader,
  loraLoader,
  loraLoaderModelOnly,
  upscaleModelLoader,
];
