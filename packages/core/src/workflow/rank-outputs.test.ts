import { describe, expect, it } from 'vitest';
import type { Workflow, WorkflowNode } from '../spec/index.ts';
import { mainOutputs, rankOutputs } from './rank-outputs.ts';

const node = (class_type: string, inputs: WorkflowNode['inputs'] = {}): WorkflowNode => ({
  class_type,
  inputs,
});

/** A picture, saved as `raw`; nodes that hang on it are added by the tests. */
const base: Workflow = {
  noise: node('SomeNoise', { noise_seed: 5 }),
  first: node('PackSampler', { noise: ['noise', 0], latent_image: ['empty', 0] }),
  empty: node('EmptyLatentImage', { width: 64 }),
  decode: node('VAEDecode', { samples: ['first', 0] }),
  raw: node('SaveImage', { images: ['decode', 0], filename_prefix: 'raw' }),
};
const refined: Workflow = {
  scale: node('LatentUpscaleBy', { samples: ['first', 0] }),
  second: node('PackSampler', { noise: ['noise', 0], latent_image: ['scale', 0] }),
  decode2: node('VAEDecode', { samples: ['second', 0] }),
};
const same = () => 0;

/** Both readings at once: the order that a plan gets, and what is left of the outputs. */
function read(workflow: Workflow, outputs: string[], rank: (id: string) => number = same) {
  return [rankOutputs(workflow, outputs), mainOutputs(workflow, outputs, rank)];
}

describe('of several outputs', () => {
  it('the main one is what was sampled on, though a draft has more after it', () => {
    const workflow = {
      ...base,
      ...refined,
      sharp: node('ImageSharpen', { image: ['decode', 0] }),
      frame: node('AddFrame', { image: ['sharp', 0] }),
      large: node('ScaleImage', { image: ['frame', 0] }),
      draft: node('SaveImage', { images: ['large', 0], filename_prefix: 'draft' }),
      final: node('PreviewImage', { images: ['decode2', 0] }),
    };
    expect(read(workflow, ['draft', 'raw', 'final'])).toEqual([
      ['final', 'draft', 'raw'],
      ['final'],
    ]);
  });

  it('the main one is worked on further, where both were sampled alike', () => {
    const workflow = {
      ...base,
      upscale: node('ImageUpscaleWithModel', { image: ['decode', 0] }),
      large: node('SaveImage', { images: ['upscale', 0], filename_prefix: 'large' }),
    };
    expect(read(workflow, ['raw', 'large'])).toEqual([['large', 'raw'], ['large']]);
  });

  it('one that is saved goes before one that shows the same, or compares it to a draft', () => {
    const workflow = {
      ...base,
      ...refined,
      compare: node('Comparer', { a: ['decode', 0], b: ['decode2', 0] }),
      view: node('PreviewImage', { images: ['decode2', 0] }),
      final: node('SaveImage', { images: ['decode2', 0], filename_prefix: 'final' }),
    };
    expect(rankOutputs(workflow, ['view', 'final'])).toEqual(['final', 'view']);
    expect(mainOutputs(workflow, ['final', 'view'], same)).toEqual(['final']);
  });

  it('one that is saved goes before one that shows what was made of it, as a map of its depth', () => {
    const workflow = {
      ...base,
      depth: node('DepthEstimator', { image: ['decode', 0] }),
      blur: node('Blur', { image: ['depth', 0] }),
      view: node('PreviewImage', { images: ['blur', 0] }),
    };
    expect(read(workflow, ['view', 'raw'])).toEqual([['raw', 'view'], ['raw']]);
  });

  it('a film goes before a picture of it', () => {
    const workflow = {
      ...base,
      pick: node('ImageFromBatch', { image: ['decode', 0] }),
      still: node('SaveImage', { images: ['pick', 0] }),
      film: node('VideoCombine', { images: ['decode', 0] }),
    };
    const isFilm = (id: string) => Number(id !== 'film');
    expect(mainOutputs(workflow, ['still', 'raw', 'film'], isFilm)).toEqual(['film']);
  });

  it('those with samplers of their own are rivals', () => {
    const workflow = {
      ...base,
      other: node('KSampler', { seed: 9, latent_image: ['empty', 0] }),
      decode3: node('VAEDecode', { samples: ['other', 0] }),
      rival: node('SaveImage', { images: ['decode3', 0] }),
    };
    expect(mainOutputs(workflow, ['raw', 'rival'], same)).toEqual(['raw', 'rival']);
  });

  it('an input that is shown again stands behind what was made of it; others without samplers are rivals', () => {
    const workflow = {
      ...base,
      input: node('LoadImage', { image: 'a.png' }),
      echo: node('SaveImage', { images: ['input', 0] }),
      input2: node('LoadImage', { image: 'b.png' }),
      echo2: node('SaveImage', { images: ['input2', 0] }),
    };
    expect(mainOutputs(workflow, ['echo', 'raw'], same)).toEqual(['raw']);
    expect(mainOutputs(workflow, ['echo', 'echo2'], same)).toEqual(['echo', 'echo2']);
  });
});
