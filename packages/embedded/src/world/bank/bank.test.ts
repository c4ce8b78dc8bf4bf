import { runAtOnce } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../model/types.ts';
import { createTorchGenerator } from '../../sampling/torch-noise.ts';
import { loadIconSet } from '../art/icon-set.ts';
import { CHANNELS } from '../codec/basis.ts';
import { createVae } from '../codec/vae.ts';
import { createEmojiLibrary } from '../emoji-library.ts';
import { layOutAxes } from '../words/axes.ts';
import { loadConcepts } from '../words/concepts.ts';
import { addBackground } from './background.ts';
import { type Bank, realiseBank } from './bank.ts';
import { addItem } from './item.ts';
import { createItemCache } from './item-cache.ts';
import { createPosterior } from './posterior.ts';
import { logPrior } from './prior.ts';
import { createStudio } from './studio.ts';
import { readWish } from './wish.ts';

const SIDE = 10;
const concepts = await loadConcepts();
const axes = layOutAxes(concepts);
const library = createEmojiLibrary();
const { model, clip } = await library.loadCheckpoint('emoji-world-noto.safetensors');
const set = await loadIconSet('noto');
const studio = createStudio({ set, ink: false, softness: 0, loras: [] });
const scene = {
  sky: [
    [0.9, 0.9, 0.95],
    [0.8, 0.8, 0.9],
  ],
} as const;
const cache = createItemCache(64 * 1024 * 1024);

const wishOf = (text: string) => readWish(runAtOnce(clip.encode(text)).embedding, axes);
const bankOf = (...prompts: string[]) =>
  runAtOnce(
    realiseBank(prompts.map(wishOf), { concepts, scene }, studio, cache, {
      width: SIDE,
      height: SIDE,
    }),
  );

/** Every picture of a bank in full. */
function picturesOf({ entries, backgrounds, width, height }: Bank): Float32Array[] {
  return entries.map(({ item, background }) => {
    const out = new Float32Array(CHANNELS * width * height);
    const behind = backgrounds[background];
    if (behind) addBackground(behind, 1, out, 0, width);
    addItem(item, 1, { data: out, offset: 0, width, height });
    return out;
  });
}

const bank = bankOf('a red cat at night', '');
const pictures = picturesOf(bank);
const noisy = (clean: Float32Array, sigma: number, seed: number) => {
  const noise = runAtOnce(createTorchGenerator(seed).normal(clean.length));
  return clean.map((value, i) => value + sigma * (noise[i] as number));
};
const maxError = (a: Float32Array, b: Float32Array) =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0);
const latent = (data: Float32Array, width = SIDE): Tensor => ({
  shape: [1, CHANNELS, data.length / CHANNELS / width, width],
  data,
});

describe('a bank', () => {
  it('holds what is named in each colour, place and pose, and some strangers', () => {
    const cat = concepts.find(({ name }) => name === 'cat')?.index;
    const cats = bank.entries.filter(({ thing }) => thing === cat);
    // Own colour and red, four poses, the checkpoint's background and night.
    expect(cats).toHaveLength(2 * 4 * 2);
    expect(new Set(bank.entries.map(({ thing }) => thing)).size).toBeGreaterThan(8);
  });

  it('has pictures that the codec gives for the same drawing on the same background', () => {
    const entry = bank.entries[0];
    const { item, background } = entry as (typeof bank.entries)[number];
    const rows = bank.backgrounds[background]?.rows ?? [];
    const name = concepts[entry?.thing ?? -1]?.name ?? '';
    const { data } = runAtOnce(studio.draw(name, undefined, false, item.box.side * 8));
    const pixels = SIDE * 8;
    const image = new Float32Array(pixels * pixels * 3);
    for (let y = 0; y < pixels; y++) {
      for (let x = 0; x < pixels; x++) {
        const [dx, dy] = [x - item.box.x * 8, y - item.box.y * 8];
        const inside = Math.min(dx, dy) >= 0 && Math.max(dx, dy) < item.box.side * 8;
        const at = (dy * item.box.side * 8 + dx) * 4;
        for (let c = 0; c < 3; c++) {
          const behind = rows[y >> 3]?.[c] ?? 0;
          const clear = inside ? 1 - (data[at + 3] as number) : 1;
          const front = inside ? (data[at + c] as number) : 0;
          image[(y * pixels + x) * 3 + c] = front + clear * behind;
        }
      }
    }
    const whole = runAtOnce(
      createVae().encode({ count: 1, height: pixels, width: pixels, data: image }),
    );
    expect(maxError(whole.data, pictures[0] as Float32Array)).toBeLessThan(1e-5);
  });
});

describe('logPrior', () => {
  const shareOf = (
    prompt: string,
    leak: number,
    holds: (entry: Bank['entries'][number]) => boolean,
  ) =>
    [...logPrior(bank, wishOf(prompt), leak)].reduce(
      (sum, value, i) =>
        sum + (holds(bank.entries[i] as Bank['entries'][number]) ? Math.exp(value) : 0),
      0,
    );
  const nameOf = (thing: number) => concepts[thing]?.name ?? '';

  it.each(['', 'a cat', 'a red cat', 'a red cat at night', 'at night', 'qwertz', 'a dog'])(
    'adds up to one for %j',
    (prompt) => {
      expect(shareOf(prompt, 0.1, () => true)).toBeCloseTo(1, 9);
    },
  );

  it('gives what is asked for all but the leak', () => {
    const isCat = ({ thing }: { thing: number }) => /cat/.test(nameOf(thing));
    expect(shareOf('a cat', 0, isCat)).toBeCloseTo(1);
    const strangers = new Set(bank.entries.map(({ thing }) => thing)).size;
    const cats = new Set(bank.entries.filter(isCat).map(({ thing }) => thing)).size;
    expect(shareOf('a cat', 0.3, isCat)).toBeCloseTo(0.7 + (0.3 * cats) / strangers);
  });

  it('gives a colour and a place where they are asked for', () => {
    const isRed = ({ colour }: { colour: number }) => colour >= 0;
    const isNight = ({ background }: { background: number }) => background > 0;
    expect(shareOf('a red cat', 0, isRed)).toBeGreaterThan(0.95);
    expect(shareOf('a cat', 0, isRed)).toBeLessThan(0.05);
    expect(shareOf('a (red:0.5) cat', 0, isRed)).toBeCloseTo(0.5, 1);
    expect(shareOf('a cat at night', 0, isNight)).toBeGreaterThan(0.95);
  });
});

describe('the denoiser', () => {
  it.each([14, 3, 1, 0.3, 0.03])('is the exact posterior mean at noise level %d', (sigma) => {
    const prior = logPrior(bank, wishOf('a red cat at night'), 0.06);
    const x = noisy(pictures[3] as Float32Array, sigma, 11);
    const weights = pictures.map((picture, i) => {
      let squared = 0;
      for (let k = 0; k < x.length; k++)
        squared += ((x[k] as number) - (picture[k] as number)) ** 2;
      return (prior[i] as number) - squared / (2 * sigma * sigma);
    });
    const top = Math.max(...weights);
    const total = weights.reduce((sum, weight) => sum + Math.exp(weight - top), 0);
    const expected = x.map((_, k) =>
      pictures.reduce(
        (sum, picture, i) =>
          sum + (Math.exp((weights[i] as number) - top) / total) * (picture[k] as number),
        0,
      ),
    );
    const mean = runAtOnce(createPosterior(bank).mean(x, sigma, prior));
    expect(maxError(mean, expected)).toBeLessThan(1e-4);
  });

  it('finds the picture behind a little noise', () => {
    const prior = logPrior(bank, wishOf(''), 0.06);
    const clean = pictures[7] as Float32Array;
    const mean = runAtOnce(createPosterior(bank).mean(noisy(clean, 0.1, 3), 0.1, prior));
    expect(maxError(mean, clean)).toBeLessThan(1e-5);
  });

  it('denoises each latent of a batch for itself', () => {
    const prior = logPrior(bank, wishOf('a cat'), 0.06);
    const [a, b] = [pictures[0] as Float32Array, pictures[9] as Float32Array];
    const both = new Float32Array(a.length * 2);
    both.set(noisy(a, 1, 1));
    both.set(noisy(b, 1, 2), a.length);
    const posterior = createPosterior(bank);
    const mean = (x: Float32Array) => runAtOnce(posterior.mean(x, 1, prior));
    const together = mean(both);
    expect(together.slice(0, a.length)).toEqual(mean(noisy(a, 1, 1)));
    expect(together.slice(a.length)).toEqual(mean(noisy(b, 1, 2)));
  });

  it('takes a whole for a picture in each area where a run has areas', () => {
    const [left, right] = [0, SIDE].map((x) => ({ x, y: 0, width: SIDE, height: SIDE }));
    const fox = runAtOnce(clip.encode('a fox')).embedding;
    const empty = runAtOnce(clip.encode('')).embedding;
    const areas = [left, right].filter((area) => area !== undefined);
    const run = { embeddings: [fox, empty], width: 2 * SIDE, height: SIDE, areas };
    const prepared = model.prepare?.(run) ?? model;
    const x = latent(noisy(new Float32Array(CHANNELS * SIDE * SIDE * 2), 2, 8), 2 * SIDE);
    const whole = runAtOnce(prepared.denoise(x, 2, empty));
    const cut = new Float32Array(CHANNELS * SIDE * SIDE).map((_, i) => {
      const [line, column] = [Math.floor(i / SIDE), i % SIDE];
      return x.data[line * 2 * SIDE + SIDE + column] as number;
    });
    const part = runAtOnce(prepared.denoise(latent(cut), 2, empty));
    const half = cut.map((_, i) => {
      const [line, column] = [Math.floor(i / SIDE), i % SIDE];
      return whole.data[line * 2 * SIDE + SIDE + column] as number;
    });
    expect(half).toEqual(part.data);
  });
});
