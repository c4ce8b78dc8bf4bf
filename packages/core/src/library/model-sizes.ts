import type { Flow, FlowSizes } from '../spec/index.ts';

const SD15: FlowSizes = {
  min: 512,
  max: 768,
  multiple: 8,
  best: [
    [512, 512],
    [512, 768],
    [768, 512],
  ],
  // Less than 512 is drawn badly; more in both directions draws things twice.
  source: 'https://huggingface.co/blog/stable_diffusion',
};

/** Buckets of about 1024² pixels, with sides of 512 to 2048. */
const SDXL: FlowSizes = {
  min: 512,
  max: 2_048,
  minPixels: 768 * 768,
  maxPixels: 1_536 * 1_024,
  multiple: 64,
  best: [[1_024, 1_024]],
  source: 'https://arxiv.org/abs/2307.01952, appendix I',
};

const FLUX: FlowSizes = {
  minPixels: 100_000,
  maxPixels: 2 * 1_024 * 1_024,
  multiple: 16,
  source: 'https://blackforestlabs.ai/announcing-black-forest-labs',
};

/** What is known of base models, by the beginning of their family's name. */
const BY_FAMILY: [family: string, sizes: FlowSizes][] = [
  ['sd15', SD15],
  [
    'sdxl-turbo',
    {
      min: 512,
      max: 512,
      multiple: 8,
      best: [[512, 512]],
      source: 'https://huggingface.co/stabilityai/sdxl-turbo',
    },
  ],
  ['sdxl', SDXL],
  ['ssd-1b', SDXL],
  ['flux', FLUX],
];

/** The sizes that a flow's model draws well: what its author states, else what is known of its base model. */
export function sizesOf({ sizes, baseModel }: Pick<Flow, 'sizes' | 'baseModel'>): FlowSizes {
  if (sizes !== undefined) return sizes;
  return BY_FAMILY.find(([family]) => baseModel?.startsWith(family))?.[1] ?? {};
}

/** Why a model may draw a picture of this size badly; `undefined` where nothing speaks against it. */
export function whyUnusual(sizes: FlowSizes, width: number, height: number): string | undefined {
  const { min, max, minPixels, maxPixels, best = [] } = sizes;
  if (best.some(([w, h]) => w === width && h === height)) return undefined;
  const pixels = width * height;
  const megapixels = (count: number) => `${Math.round(count / 10_000) / 100} megapixels`;
  if (min !== undefined && Math.min(width, height) < min) return `sides of at least ${min} pixels`;
  if (max !== undefined && Math.max(width, height) > max) return `sides of at most ${max} pixels`;
  if (minPixels !== undefined && pixels < minPixels) return `at least ${megapixels(minPixels)}`;
  if (maxPixels !== undefined && pixels > maxPixels) return `at most ${megapixels(maxPixels)}`;
  return undefined;
}
