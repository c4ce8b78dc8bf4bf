export { embedded } from './executor/embedded.ts';
export type { EmbeddedOptions } from './executor/options.ts';
export type {
  DiffusionModel,
  ImageBatch,
  LatentArea,
  Lora,
  MaskedLatent,
  ModelLibrary,
  SamplingRun,
  Tensor,
  TextEncoder,
  TextEncoding,
  UpscaleModel,
  Vae,
} from './model/types.ts';
