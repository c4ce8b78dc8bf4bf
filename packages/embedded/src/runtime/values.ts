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

/** One text embedding with where and how strongly it holds. */
export interface Condition {
  embedding: Tensor;
  pooled: Tensor;
  area?: ConditionArea | undefined;
  /** 1 where absent. */
  strength?: number | undefined;
}

/** A model as it travels through the graph: with the codec that previews its latents, where known. */
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

/** What steers a sampler: the model with its conditions. */
export interface Guider {
  model: ModelHandle;
  positive: Condition[];
  /** Absent for guidance by the positive conditions alone. */
  negative?: Condition[] | undefined;
  cfg: number;
}

/** The JavaScript value behind each of ComfyUI's types, for authors of nodes. */
export interface NodeValues {
  MODEL: ModelHandle;
  CLIP: TextEncoder;
  VAE: Vae;
  CONDITIONING: Condition[];
  LATENT: { samples: Tensor };
  IMAGE: ImageBatch;
  MASK: Mask;
  NOISE: { seed: number | bigint };
  GUIDER: Guider;
  SAMPLER: { name: string; run: Sampler };
  SIGMAS: Float32Array;
  UPSCALE_MODEL: UpscaleModel;
}
