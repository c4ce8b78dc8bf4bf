/**
 * What tracing needs to know of ComfyUI's core classes: which inputs hold text, seeds and sizes, and
 * through which inputs a conditioning, a guider or a latent passes on. Facts of `object_info` 0.33.0.
 */

/** What a table says of a class; nothing for inherited names such as `constructor`. */
export function factOf<T>(facts: Record<string, T>, classType: string | undefined): T | undefined {
  return classType !== undefined && Object.hasOwn(facts, classType) ? facts[classType] : undefined;
}

/** Where a sampler's conditioning, noise, guidance and latent come in. */
export interface SamplerFacts {
  positive?: string;
  negative?: string;
  guider?: string;
  noise?: string;
  latent: string;
  seed?: string;
}

/** Samplers by class. */
export const SAMPLERS: Record<string, SamplerFacts> = {
  KSampler: { positive: 'positive', negative: 'negative', latent: 'latent_image', seed: 'seed' },
  KSamplerAdvanced: {
    positive: 'positive',
    negative: 'negative',
    latent: 'latent_image',
    seed: 'noise_seed',
  },
  SamplerCustom: {
    positive: 'positive',
    negative: 'negative',
    latent: 'latent_image',
    seed: 'noise_seed',
  },
  SamplerCustomAdvanced: { guider: 'guider', noise: 'noise', latent: 'latent_image' },
};

/** Guiders: which input carries the positive and which the negative conditioning. */
export const GUIDERS: Record<string, { positive: string[]; negative: string[] }> = {
  BasicGuider: { positive: ['conditioning'], negative: [] },
  CFGGuider: { positive: ['positive'], negative: ['negative'] },
  DualCFGGuider: { positive: ['cond1', 'cond2'], negative: ['negative'] },
};

/** Text encoders: the inputs that hold the prompt. */
export const ENCODERS: Record<string, string[]> = {
  CLIPTextEncode: ['text'],
  CLIPTextEncodeSDXL: ['text_g', 'text_l'],
  CLIPTextEncodeSDXLRefiner: ['text'],
  CLIPTextEncodeSD3: ['clip_l', 'clip_g', 't5xxl'],
  CLIPTextEncodeFlux: ['clip_l', 't5xxl'],
  CLIPTextEncodePixArtAlpha: ['text'],
  CLIPTextEncodeHiDream: ['clip_l', 'clip_g', 't5xxl', 'llama'],
  CLIPTextEncodeHunyuanDiT: ['bert', 'mt5xl'],
  CLIPTextEncodeLumina2: ['user_prompt'],
  TextEncodeQwenImageEdit: ['prompt'],
  TextEncodeQwenImageEditPlus: ['prompt'],
};

/** Nodes whose conditioning outputs are `positive` and `negative`, in this order. */
export const PAIRED = ['positive', 'negative'] as const;

/** Nodes that empty a conditioning: what they are fed is not what the sampler is told. */
export const ZEROING = new Set(['ConditioningZeroOut']);

/** Nodes that hold one literal which other nodes are fed with: the input that holds it. */
export const PRIMITIVES: Record<string, string> = {
  PrimitiveString: 'value',
  PrimitiveStringMultiline: 'value',
  PrimitiveInt: 'value',
};

/** Text-joining nodes: the inputs that a prompt may come through, the likeliest first. */
export const TEXT_JOINS: Record<string, string[]> = {
  StringConcatenate: ['string_a', 'string_b'],
  StringTrim: ['string'],
  CaseConverter: ['string'],
};

/** Latent sources: which inputs hold width, height and batch size, all in pixels and images. */
export const LATENTS: Record<string, { width: string; height: string; batchSize: string }> =
  Object.fromEntries(
    [
      'EmptyLatentImage',
      'EmptySD3LatentImage',
      'EmptyFlux2LatentImage',
      'StableCascade_EmptyLatentImage',
      'EmptyHunyuanImageLatent',
      'EmptyChromaRadianceLatentImage',
      'EmptyImage',
    ].map((name) => [name, { width: 'width', height: 'height', batchSize: 'batch_size' }]),
  );

/** Nodes that carry a size of their own which must follow the latent's. */
export const SIZE_FOLLOWERS: Record<string, { width: string; height: string }[]> = {
  CLIPTextEncodeSDXL: [
    { width: 'width', height: 'height' },
    { width: 'target_width', height: 'target_height' },
  ],
  CLIPTextEncodeSDXLRefiner: [{ width: 'width', height: 'height' }],
  CLIPTextEncodePixArtAlpha: [{ width: 'width', height: 'height' }],
  ModelSamplingFlux: [{ width: 'width', height: 'height' }],
  Flux2Scheduler: [{ width: 'width', height: 'height' }],
};
