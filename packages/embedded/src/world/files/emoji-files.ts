import type { ModelFiles } from '../../model/types.ts';
import { CHECKPOINTS } from './checkpoints.ts';
import { LORAS } from './loras.ts';
import { UPSCALER_NAMES } from './upscalers.ts';
import { VAES } from './vaes.ts';

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  checkpoints: Object.keys(CHECKPOINTS).sort(),
  loras: Object.keys(LORAS).sort(),
  vae: Object.keys(VAES).sort(),
  upscale_models: UPSCALER_NAMES,
};

/** The files of the emoji world, known without its art. */
export const emojiFiles: ModelFiles = {
  description: 'emoji world: a closed-form model of emoji art (Noto, Fluent), not Stable Diffusion',
  list: (folder) => [...(FOLDERS[folder] ?? [])],
};
