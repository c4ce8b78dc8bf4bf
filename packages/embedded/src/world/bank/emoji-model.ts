import type { Work } from 'comfygen/plugin';
import type { DiffusionModel, MaskedLatent, SamplingRun, Tensor } from '../../model/types.ts';
import { CHANNELS } from '../codec/basis.ts';
import { asEmojiLora } from '../lora.ts';
import type { Axes } from '../words/axes.ts';
import type { Rgb } from '../words/colours.ts';
import { type Canvas, type Repertoire, realiseBank } from './bank.ts';
import type { ItemCache } from './item-cache.ts';
import { createPosterior, type Posterior } from './posterior.ts';
import { logPrior } from './prior.ts';
import { type AppliedLora, createStudio, type StudioOptions } from './studio.ts';
import { surroundingsOf } from './surroundings.ts';
import { mapTiles } from './tiles.ts';
import { readWish } from './wish.ts';

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
}

/** A model that works in slices. */
interface EmojiModel extends DiffusionModel {
  denoise(x: Tensor, sigma: number, embedding: Tensor): Work<Tensor>;
  prepare(run: SamplingRun): EmojiModel;
}

/**
 * The denoiser in closed form: for pictures yᵢ of a bank with probabilities pᵢ under the prompt,
 * the mean of the clean picture given x = y + σ · noise is Σ wᵢ yᵢ with
 * wᵢ ∝ pᵢ · exp(−|x − yᵢ|² / 2σ²) (Karras et al. 2022, appendix B.3; Scarvelis et al. 2023).
 * Where a run's conditions hold for areas, a picture of the whole is one that has a picture in each. Where a noise mask
 * keeps part of the latent, it is one that has a picture in what changes, on what surrounds it.
 */
export function createEmojiModel(options: EmojiModelOptions): EmojiModel {
  const { name, loras = [] } = options;
  const prepare = (run: SamplingRun): EmojiModel => ({
    ...model,
    denoise: createDenoiser(options, run),
  });
  const model: EmojiModel = {
    name,
    latentChannels: CHANNELS,
    denoise(x, sigma, embedding) {
      const [, , height = 0, width = 0] = x.shape;
      const run = { embeddings: [embedding], width, height, areas: [] };
      return prepare(run).denoise(x, sigma, embedding);
    },
    prepare,
    withLora: (lora, strength) =>
      createEmojiModel({ ...options, loras: [...loras, { lora: asEmojiLora(lora), strength }] }),
  };
  return model;
}

const keptGround = ({ latent, mask }: MaskedLatent) =>
  surroundingsOf(latent, (cell) => mask[cell] === 0);

function createDenoiser(
  { repertoire, art, leak, axes, cache, loras = [] }: EmojiModelOptions,
  run: SamplingRun,
): (x: Tensor, sigma: number, embedding: Tensor) => Work<Tensor> {
  const studio = createStudio({ ...art, loras });
  const wishes = run.embeddings.map((embedding) => readWish(embedding, axes));
  const start = run.start && surroundingsOf(run.start);
  const behind = run.masked && keptGround(run.masked);
  const posteriors = new Map<string, Posterior>();
  const priors = new WeakMap<Posterior, WeakMap<Tensor, Float64Array>>();

  const posteriorFor = function* (canvas: Canvas): Work<Posterior> {
    const { width, height, within } = canvas;
    const size = `${width}x${height} ${within?.y}`;
    let posterior = posteriors.get(size);
    if (posterior === undefined) {
      const bank = realiseBank(wishes, repertoire, studio, cache, { ...canvas, warn: run.warn });
      posterior = createPosterior(yield* bank);
      posteriors.set(size, posterior);
      priors.set(posterior, new WeakMap());
    }
    return posterior;
  };
  const priorOf = (posterior: Posterior, embedding: Tensor): Float64Array => {
    const known = priors.get(posterior)?.get(embedding);
    if (known) return known;
    const prior = logPrior(posterior.bank, readWish(embedding, axes), leak);
    priors.get(posterior)?.set(embedding, prior);
    return prior;
  };
  const denoiseOne = function* (
    x: Tensor,
    sigma: number,
    embedding: Tensor,
    ground: Partial<Canvas> = {},
  ): Work<Tensor> {
    const [, , height = 0, width = 0] = x.shape;
    const posterior = yield* posteriorFor({ width, height, ...ground });
    const data = yield* posterior.mean(x.data, sigma, priorOf(posterior, embedding));
    return { shape: x.shape, data };
  };
  return function* (x, sigma, embedding) {
    const [, , height = 0, width = 0] = x.shape;
    const isWhole = run.height === height && run.width === width;
    const denoise = (part: Tensor) => denoiseOne(part, sigma, embedding);
    if (isWhole && run.areas.length > 1) return yield* mapTiles(x, run.areas, denoise);
    if (!isWhole) return yield* denoise(x);
    if (run.masked === undefined) return yield* denoiseOne(x, sigma, embedding, { start });
    const { y, height: rows } = run.masked.area;
    const cut = (colours?: Rgb[]) => colours?.slice(y, y + rows);
    const ground = { within: { y, height }, behind: cut(behind), start: cut(start) };
    const paint = (part: Tensor) => denoiseOne(part, sigma, embedding, ground);
    return yield* mapTiles(x, [run.masked.area], paint, (whole) => whole);
  };
}
