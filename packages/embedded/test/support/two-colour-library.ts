import { ComfygenError } from 'comfygen/plugin';
import type {
  DiffusionModel,
  ImageBatch,
  Lora,
  ModelLibrary,
  Tensor,
  TextEncoder,
  Vae,
} from '../../src/index.ts';

const WORDS = ['red', 'blue'];
const BANK = [
  [1, -1, -1],
  [-1, -1, 1],
];
// Each colour comes in shades: normally distributed, with this variance in every number of a latent.
const SPREAD = 0.02;
const CELL = 8;
const FILES: { [folder: string]: string[] } = {
  checkpoints: ['two-colours.safetensors', 'colour-blind.safetensors'],
  loras: ['green.safetensors'],
  vae: ['mean-colour.safetensors'],
  upscale_models: ['double.pth'],
};

/** Told of each use of a model: `load`, `encode`, `denoise`, `decode`, `preview`. */
export type UseListener = (use: string) => void;

/**
 * A library whose world is red and blue pictures, in shades; its latent is the mean colour of each
 * cell. Every result depends on the inputs only.
 */
export function createTwoColourLibrary(onUse: UseListener = () => {}): ModelLibrary {
  const vae = createVae(onUse);
  return {
    description: 'two colours, for tests',
    list: (folder) => FILES[folder] ?? [],
    async loadCheckpoint(name) {
      assertFile('checkpoints', name);
      onUse('load');
      const sharpness = name.startsWith('two') ? 40 : 0;
      return { model: createModel(name, sharpness, 0, onUse), clip: createEncoder(1, onUse), vae };
    },
    async loadLora(name) {
      assertFile('loras', name);
      return { name };
    },
    async loadVae(name) {
      assertFile('vae', name);
      return vae;
    },
    async loadUpscaleModel(name) {
      assertFile('upscale_models', name);
      return { name, scale: 2, upscale: doubleSize };
    },
  };
}

function assertFile(folder: string, name: string): void {
  if (FILES[folder]?.includes(name)) return;
  throw new ComfygenError('MISSING_MODEL', `There is no "${name}" in ${folder}.`);
}

function createModel(
  name: string,
  sharpness: number,
  greenness: number,
  onUse: UseListener,
): DiffusionModel {
  const bank = BANK.map(([r = 0, , b = 0]) => [r, -1 + 2 * greenness, b]);
  return {
    name,
    latentChannels: 3,
    denoise(x, sigma, embedding) {
      onUse('denoise');
      return posteriorMean(x, sigma, embedding, bank, sharpness);
    },
    withLora: (_: Lora, strength) => createModel(name, sharpness, greenness + strength, onUse),
  };
}

function posteriorMean(
  { shape, data }: Tensor,
  sigma: number,
  embedding: Tensor,
  bank: number[][],
  sharpness: number,
): Tensor {
  const [count = 0, channels = 0, height = 0, width = 0] = shape;
  const cells = height * width;
  const share = SPREAD / (SPREAD + sigma ** 2);
  const out = new Float32Array(data.length);
  for (let n = 0; n < count; n++) {
    const start = n * channels * cells;
    const scores = bank.map((colour, k) => {
      let distance = 0;
      for (let i = 0; i < channels * cells; i++) {
        const target = colour[Math.floor(i / cells)] as number;
        distance += ((data[start + i] as number) - target) ** 2;
      }
      return sharpness * meanOf(embedding, k) - distance / (2 * (SPREAD + sigma ** 2));
    });
    const best = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - best));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (let i = 0; i < channels * cells; i++) {
      const channel = Math.floor(i / cells);
      const mean = bank.reduce((m, colour, k) => m + (weights[k]! / sum) * colour[channel]!, 0);
      out[start + i] = mean + share * ((data[start + i] as number) - mean);
    }
  }
  return { shape, data: out };
}

function meanOf({ shape, data }: Tensor, word: number): number {
  const [, tokens = 1, width = 1] = shape;
  let sum = 0;
  for (let t = 0; t < tokens; t++) sum += data[t * width + word] ?? 0;
  return sum / tokens;
}

function createEncoder(weight: number, onUse: UseListener): TextEncoder {
  return {
    encode(text) {
      onUse('encode');
      const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
      const known = words.filter((word) => WORDS.includes(word));
      const data = new Float32Array(Math.max(known.length, 1) * WORDS.length);
      for (const [i, word] of known.entries()) {
        data[i * WORDS.length + WORDS.indexOf(word)] = weight;
      }
      return {
        embedding: { shape: [1, data.length / WORDS.length, WORDS.length], data },
        pooled: { shape: [1, WORDS.length], data: data.slice(0, WORDS.length) },
        unknownWords: words.filter((word) => !WORDS.includes(word)),
      };
    },
    withLastLayer: (stopAt) => createEncoder(weight / -stopAt, onUse),
    withLora: (_: Lora, strength) => createEncoder(weight + strength, onUse),
  };
}

function createVae(onUse: UseListener): Vae {
  return {
    latentChannels: 3,
    encode({ count, height, width, data }) {
      const [h, w] = [Math.floor(height / CELL), Math.floor(width / CELL)];
      const latent = new Float32Array(count * 3 * h * w);
      for (let n = 0; n < count; n++) {
        for (let y = 0; y < h * CELL; y++) {
          for (let x = 0; x < w * CELL; x++) {
            for (let c = 0; c < 3; c++) {
              const cell = ((n * 3 + c) * h + Math.floor(y / CELL)) * w + Math.floor(x / CELL);
              const value = data[((n * height + y) * width + x) * 3 + c] as number;
              latent[cell] = latent[cell]! + (2 * value - 1) / CELL ** 2;
            }
          }
        }
      }
      return { shape: [count, 3, h, w], data: latent };
    },
    decode({ shape, data }) {
      onUse('decode');
      const [count = 0, , h = 0, w = 0] = shape;
      return fillImage(count, h * CELL, w * CELL, (n, y, x, c) => {
        const cell = ((n * 3 + c) * h + Math.floor(y / CELL)) * w + Math.floor(x / CELL);
        return ((data[cell] as number) + 1) / 2;
      });
    },
    preview({ shape, data }) {
      onUse('preview');
      const [, , height = 0, width = 0] = shape;
      const cells = width * height;
      const rgb = Uint8Array.from({ length: cells * 3 }, (_, i) =>
        Math.min(
          Math.max(((data[(i % 3) * cells + Math.floor(i / 3)] as number) + 1) * 127.5, 0),
          255,
        ),
      );
      return { width, height, rgb };
    },
  };
}

function doubleSize({ count, height, width, data }: ImageBatch): ImageBatch {
  return fillImage(count, height * 2, width * 2, (n, y, x, c) => {
    const pixel = (n * height + Math.floor(y / 2)) * width + Math.floor(x / 2);
    return data[pixel * 3 + c] as number;
  });
}

function fillImage(
  count: number,
  height: number,
  width: number,
  at: (n: number, y: number, x: number, c: number) => number,
): ImageBatch {
  const data = Float32Array.from({ length: count * height * width * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const row = Math.floor(pixel / width);
    return at(Math.floor(row / height), row % height, pixel % width, i % 3);
  });
  return { count, height, width, data };
}
