import type { Made, Warning } from 'comfygen/plugin';

/** Numbers in row-major order. Latents are `[n, C, h, w]`, text embeddings `[1, tokens, D]`. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Images as ComfyUI holds them: `[n, height, width, 3]`, RGB, 0 to 1. */
export interface ImageBatch {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** A rectangle of a latent, in cells. */
export interface LatentArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A latent that is sampled in part. */
export interface MaskedLatent {
  /** The smallest area that holds all that changes. */
  readonly area: LatentArea;
  /** The latent as it was. */
  readonly latent: Tensor;
  /** `[n, h, w]`: 1 where it changes, 0 where it is kept. */
  readonly mask: Float32Array;
}

/** The inputs of a sampling run that a model can prepare for. */
export interface SamplingRun {
  /** All text embeddings of the run, positive and negative. */
  readonly embeddings: readonly Tensor[];
  /** The latent's size in cells. */
  readonly width: number;
  readonly height: number;
  /**
   * The parts of the latent that single conditions apply to, each once; conditions for the whole latent have none.
   */
  readonly areas: readonly LatentArea[];
  /** The clean latent that noise is added to, where the run starts below the highest level, as from a picture. */
  readonly start?: Tensor | undefined;
  /** Where a noise mask keeps part of the latent: what is kept. Estimates outside of its area are not used. */
  readonly masked?: MaskedLatent | undefined;
  /** Adds a warning to the job. */
  readonly warn?: ((warning: Warning) => void) | undefined;
}

/**
 * A model that removes noise from latents, known in closed form: it gives the exact mean of the clean latent over a
 * finite set of pictures (its bank).
 */
export interface DiffusionModel {
  readonly name: string;
  /** Number of channels of its latents. */
  readonly latentChannels: number;
  /**
   * The posterior mean of the clean latent, same shape as `x` = clean + sigma · noise (k-diffusion's
   * convention, no input scaling), for one text embedding. Works on any `h × w`.
   */
  denoise(x: Tensor, sigma: number, embedding: Tensor): Made<Tensor>;
  /**
   * A model made ready for one sampling run. A model that makes its bank on demand makes one with all that the run's
   * embeddings name, placed in the run's areas.
   */
  prepare?(run: SamplingRun): DiffusionModel;
  /** The same model with a LoRA applied at a strength; several LoRAs add up. */
  withLora(lora: Lora, strength: number): DiffusionModel;
}

/** A text as a model reads it. */
export interface TextEncoding {
  embedding: Tensor;
  pooled: Tensor;
  unknownWords: string[];
}

/** Turns text into an embedding `[1, tokens, D]`; averaging and concatenating embeddings is meaningful. */
export interface TextEncoder {
  /** The embedding of a text, with those of its words that the model's world does not know. */
  encode(text: string): Made<TextEncoding>;
  /** The encoder with CLIP skip: −1 stops at the last layer, −2 at the one before. */
  withLastLayer(stopAt: number): TextEncoder;
  withLora(lora: Lora, strength: number): TextEncoder;
}

/** Converts between images and latents, by a fixed linear code; one cell is 8 × 8 pixels. */
export interface Vae {
  readonly latentChannels: number;
  /** Any image whose sides are at least 8; cropped to multiples of 8 as ComfyUI does. */
  encode(image: ImageBatch): Made<Tensor>;
  /** The pictures of a latent, `8h × 8w` pixels each. */
  decode(latent: Tensor): Made<ImageBatch>;
  /** One small RGB picture of a latent, for previews: `[h, w, 3]` bytes. */
  preview(latent: Tensor): { width: number; height: number; rgb: Uint8Array };
}

/** A change to a model, made by its `ModelLibrary` and passed to `withLora`; other code does not look inside. */
export interface Lora {
  readonly name: string;
}

/** Enlarges images by a fixed factor. */
export interface UpscaleModel {
  readonly name: string;
  readonly scale: number;
  /** The pictures at `scale` times their width and height. */
  upscale(image: ImageBatch): Made<ImageBatch>;
}

/**
 * The model files that graphs can load, by ComfyUI's folder names. Files are loaded when first used, and then kept.
 * An unknown name throws MISSING_MODEL with the names that exist.
 */
export interface ModelLibrary {
  /** One line that describes the models, for the record in PNG files and for the inventory's `source`. */
  readonly description: string;
  /** The file names in a folder: `checkpoints`, `loras`, `vae`, `upscale_models`. */
  list(folder: string): string[];
  /** A file of `checkpoints`: the three that CheckpointLoaderSimple gives. */
  loadCheckpoint(name: string): Promise<{ model: DiffusionModel; clip: TextEncoder; vae: Vae }>;
  /** Loads a file of `loras`. */
  loadLora(name: string): Promise<Lora>;
  /** Loads a file of `vae`. */
  loadVae(name: string): Promise<Vae>;
  /** Loads a file of `upscale_models`. */
  loadUpscaleModel(name: string): Promise<UpscaleModel>;
}

/** What a graph is checked against and an inventory lists, before any model is loaded. */
export type ModelFiles = Pick<ModelLibrary, 'description' | 'list'>;
