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

/** A rectangle of latent cells. */
export interface LatentArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a sampling run asks a model for. */
export interface SamplingRun {
  /** Of both sides of the guidance. */
  readonly embeddings: readonly Tensor[];
  /** The latent's size in cells. */
  readonly width: number;
  readonly height: number;
  /** The parts of the latent that conditions hold for, each once; without those that hold for all of it. */
  readonly areas: readonly LatentArea[];
}

/** A denoiser known in closed form: the exact posterior mean over a finite bank. */
export interface DiffusionModel {
  readonly name: string;
  /** Channels of its latents. */
  readonly latentChannels: number;
  /**
   * The posterior mean of the clean latent, same shape as `x` = clean + sigma · noise (k-diffusion's
   * convention, no input scaling), for one text embedding. Works on any `h × w`.
   */
  denoise(x: Tensor, sigma: number, embedding: Tensor): Tensor;
  /**
   * The model made ready for one sampling run. A model whose bank is made when it is needed makes one
   * that holds what any of the run's embeddings names, where the run's areas put it.
   */
  prepare?(run: SamplingRun): DiffusionModel;
  /** The same model with a LoRA's delta at a strength; stacking adds up. */
  withLora(lora: Lora, strength: number): DiffusionModel;
}

/** Turns text into an embedding `[1, tokens, D]`; averaging and concatenating embeddings is meaningful. */
export interface TextEncoder {
  /** `words` that the model's world does not know are listed, so that the executor can report them. */
  encode(text: string): { embedding: Tensor; pooled: Tensor; unknownWords: string[] };
  /** CLIP skip: −1 is the last layer, −2 the one before. */
  withLastLayer(stopAt: number): TextEncoder;
  withLora(lora: Lora, strength: number): TextEncoder;
}

/** The fixed linear codec between images and latents; 8 pixels a cell. */
export interface Vae {
  readonly latentChannels: number;
  /** Any image whose sides are at least 8; cropped to multiples of 8 as ComfyUI does. */
  encode(image: ImageBatch): Tensor;
  /** Pictures of `8h × 8w` pixels. */
  decode(latent: Tensor): ImageBatch;
  /** One small RGB picture of a latent, for previews: `[h, w, 3]` bytes. */
  preview(latent: Tensor): { width: number; height: number; rgb: Uint8Array };
}

/** A low-rank or closed-form change to a model. Opaque to the runtime. */
export interface Lora {
  readonly name: string;
}

/** Enlarges images by a fixed factor. */
export interface UpscaleModel {
  readonly name: string;
  readonly scale: number;
  /** Pictures of `scale` times the sides. */
  upscale(image: ImageBatch): ImageBatch;
}

/**
 * The model files that the runtime can load, by ComfyUI's folder names. Loading is lazy and cached.
 * An unknown name throws MISSING_MODEL with the names that exist.
 */
export interface ModelLibrary {
  /** One line that says what the models are, for the PNG's record and for `source`. */
  readonly description: string;
  /** `checkpoints`, `loras`, `vae`, `upscale_models`. */
  list(folder: string): string[];
  /** A file of `checkpoints`: the three that CheckpointLoaderSimple gives. */
  loadCheckpoint(name: string): Promise<{ model: DiffusionModel; clip: TextEncoder; vae: Vae }>;
  /** A file of `loras`. */
  loadLora(name: string): Promise<Lora>;
  /** A file of `vae`. */
  loadVae(name: string): Promise<Vae>;
  /** A file of `upscale_models`. */
  loadUpscaleModel(name: string): Promise<UpscaleModel>;
}
