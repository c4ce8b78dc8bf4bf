import type {
  DiffusionModel,
  ImageBatch,
  Tensor,
  TextEncoder,
  UpscaleModel,
  Vae,
} from '../model/types.ts';
import type { Sampler } from '../sampling/sampler-run.ts';

/** A rectangle that a condition holds for, in latent cells or as shares of the latent's sides. */
export interface ConditionArea {
  unit: 'cells' | 'share';
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One text embedding, with the area it applies to and its strength. */
export interface Condition {
  embedding: Tensor;
  pooled: Tensor;
  area?: ConditionArea | undefined;
  /** How strongly it counts. Default: 1. */
  strength?: number | undefined;
}

/** A MODEL value: the model, and the codec for previews of its latents where it is known. */
export interface ModelHandle {
  diffusion: DiffusionModel;
  vae: Vae | undefined;
}

/** A mask, `[count, height, width]`, 0 to 1. */
export interface Mask {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** A LATENT value: the latent, and which part of it sampling makes anew. */
export interface Latent {
  readonly samples: Tensor;
  /** 1 where sampling makes it anew, 0 where it stays; of any size. Absent: anew everywhere. */
  readonly noiseMask?: Mask | undefined;
}

/** A GUIDER value: the model with the conditions that steer sampling. */
export interface Guider {
  model: ModelHandle;
  positive: Condition[];
  /** Conditions to steer away from; absent where only the positive ones guide. */
  negative?: Condition[] | undefined;
  cfg: number;
}

/** The JavaScript type of the values behind each of ComfyUI's types, for authors of nodes. */
export interface NodeValues {
  MODEL: ModelHandle;
  CLIP: TextEncoder;
  VAE: Vae;
  CONDITIONING: Condition[];
  LATENT: Latent;
  IMAGE: ImageBatch;
  MASK: Mask;
  NOISE: { seed: number | bigint };
  GUIDER: Guider;
  SAMPLER: { name: string; run: Sampler };
  SIGMAS: Float32Array;
  UPSCALE_MODEL: UpscaleModel;
}
