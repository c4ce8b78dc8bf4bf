export { embedded } from './executor/embedded.ts';
export type { EmbeddedOptions } from './executor/options.ts';
export { readPngText } from './image/png-text.ts';
export type {
  DiffusionModel,
  ImageBatch,
  Lora,
  ModelLibrary,
  Tensor,
  TextEncoder,
  UpscaleModel,
  Vae,
} from './model/types.ts';
