import type { DiffusionModel, SamplingRun, Tensor } from '../../model/types.ts';
import { CHANNELS } from '../codec/basis.ts';
import { asEmojiLora } from '../lora.ts';
import type { Axes } from '../words/axes.ts';
import { type Bank, type Repertoire, realiseBank } from './bank.ts';
import type { ItemCache } from './item-cache.ts';
import { createPosterior } from './posterior.ts';
import { logPrior } from './prior.ts';
import { type AppliedLora, createStudio, type StudioOptions } from './studio.ts';
import { mapTiles } from './tiles.ts';
import { readWish, type Wish } from './wish.ts';

/** A checkpoint of the emoji world. */
export interface EmojiModelOptions {
  name: string;
  repertoire: Repertoire;
  art: Omit<StudioOptions, 'loras'>;
  /** How often, without guidance, something comes that was not asked for, 0 to 1. */
  leak: number;
  axes: Axes;
  cache: ItemCache;
  loras?: readonly AppliedLora[];
  /** The run that it is prepared for. */
  run?: SamplingRun;
}

/**
 * The denoiser in closed form: for pictures yᵢ of a bank with probabilities pᵢ under the prompt,
 * the mean of the clean picture given x = y + σ · noise is Σ wᵢ yᵢ with
 * wᵢ ∝ pᵢ · exp(−|x − yᵢ|² / 2σ²) (Karras et al. 2022, appendix B.3; Scarvelis et al. 2023).
 * Where a run's conditions hold for areas, a picture of the whole is one that has a picture in each.
 */
export function createEmojiModel(options: EmojiModelOptions): DiffusionModel {
  const { name, repertoire, art, leak, axes, cache, loras = [], run } = options;
  const wishes = run?.embeddings.map((one) => readWish(one, axes));
  const studio = createStudio({ ...art, loras });
  const posteriors = new Map<string, ReturnType<typeof createPosterior>>();
  const priors = new WeakMap<Bank, WeakMap<Tensor, Float64Array>>();

  const posteriorFor = (width: number, height: number, embedding: Tensor) => {
    const asked = wishes ?? [readWish(embedding, axes)];
    const key = wishes
      ? `${width}x${height}`
      : `${width}x${height} ${JSON.stringify(asked.map(describe))}`;
    let posterior = posteriors.get(key);
    if (posterior === undefined) {
      posterior = createPosterior(realiseBank(asked, repertoire, studio, cache, [width, height]));
      posteriors.set(key, posterior);
    }
    return posterior;
  };
  const priorOf = (bank: Bank, embedding: Tensor) => {
    const known = priors.get(bank) ?? new WeakMap<Tensor, Float64Array>();
    priors.set(bank, known);
    let prior = known.get(embedding);
    if (prior === undefined) {
      prior = logPrior(bank, readWish(embedding, axes), leak);
      known.set(embedding, prior);
    }
    return prior;
  };

  const denoiseWhole = (x: Tensor, sigma: number, embedding: Tensor): Tensor => {
    const [, , height = 0, width = 0] = x.shape;
    const posterior = posteriorFor(width, height, embedding);
    const data = posterior.mean(x.data, sigma, priorOf(posterior.bank, embedding));
    return { shape: x.shape, data };
  };

  return {
    name,
    latentChannels: CHANNELS,
    denoise(x, sigma, embedding) {
      const [, , height, width] = x.shape;
      const isTiled = run && run.areas.length > 1 && run.height === height && run.width === width;
      const denoise = (part: Tensor) => denoiseWhole(part, sigma, embedding);
      return isTiled ? mapTiles(x, run.areas, denoise) : denoise(x);
    },
    prepare: (asked) => createEmojiModel({ ...options, run: asked }),
    withLora: (lora, strength) =>
      createEmojiModel({ ...options, loras: [...loras, { lora: asEmojiLora(lora), strength }] }),
  };
}

const describe = ({ things, colours, scenes }: Wish) => [
  [...things],
  [...colours.keys()],
  [...scenes.keys()],
];
