import { describe, expect, it } from 'vitest';
import { graphNode, textToImage } from '../../test/graphs.ts';
import { sampler } from '../../test/slots-of.ts';
import type { Brief, BriefPicture, Workflow } from '../spec/index.ts';
import { createTestBrief } from '../testing/test-brief.ts';
import { bindWorkflow } from './bind.ts';
import { findSlots } from './slots/find-slots.ts';

const picture = (digit: string, more: object = {}): BriefPicture => ({
  hash: `sha256:${digit.repeat(64)}`,
  mediaType: 'image/png',
  width: 64,
  height: 64,
  sizeBytes: 100,
  alpha: false,
  ...more,
});

const inpaint = (mask: [string, number], nodes: Workflow = {}) =>
  textToImage({
    '3': graphNode('KSampler', { ...sampler, denoise: 0.9, latent_image: ['22', 0] }),
    '20': graphNode('LoadImage', { image: 'photo.png' }),
    '22': graphNode('VAEEncodeForInpaint', { pixels: ['20', 0], vae: ['4', 2], mask }),
    ...nodes,
  });

const bind = (workflow: Workflow, brief: Partial<Brief>) =>
  bindWorkflow(workflow, findSlots(workflow), { ...createTestBrief('a fox'), ...brief });

describe('a brief with pictures', () => {
  it('writes names made of the hash, and the strength, and leaves the given graph alone', () => {
    const graph = inpaint(['20', 1]);
    const before = structuredClone(graph);
    const { workflow, files } = bind(graph, {
      images: { image: picture('a', { mediaType: 'image/jpeg' }) },
      strength: 0.4,
    });
    const name = `comfygen-${'a'.repeat(16)}.jpeg`;
    expect(workflow['20']!.inputs['image']).toBe(name);
    expect(workflow['3']!.inputs['denoise']).toBe(0.4);
    expect(files).toEqual([
      {
        node: '20',
        input: 'image',
        name,
        mediaType: 'image/jpeg',
        hash: `sha256:${'a'.repeat(64)}`,
      },
    ]);
    expect(graph).toEqual(before);
  });

  it('writes the name of a file that is there already as it is', () => {
    const { workflow, files } = bind(inpaint(['20', 1]), {
      images: { image: { file: 'a/b.png' } },
    });
    expect(workflow['20']!.inputs['image']).toBe('a/b.png');
    expect(files).toEqual([]);
  });

  it('reads a mask by its red where the graph has a loader of its own for it', () => {
    const graph = inpaint(['29', 0], {
      '29': graphNode('LoadImageMask', { image: 'm.png', channel: 'alpha' }),
    });
    const { workflow } = bind(graph, { images: { image: picture('a') }, mask: picture('b') });
    expect(workflow['29']!.inputs).toEqual({
      image: `comfygen-${'b'.repeat(16)}.png`,
      channel: 'red',
    });
    expect(workflow['22']!.inputs['mask']).toEqual(['29', 0]);
  });

  it('puts a loader in the place of the picture’s transparency, for all that take it', () => {
    const graph = inpaint(['20', 1], {
      '20-mask': graphNode('Note', { text: 'its id is taken' }),
      '30': graphNode('MaskPreview', { mask: ['20', 1] }),
    });
    const { workflow, files } = bind(graph, {
      images: { image: picture('a') },
      mask: picture('b'),
    });
    expect(workflow['22']!.inputs['mask']).toEqual(['20-mask-2', 0]);
    expect(workflow['22']!.inputs['pixels']).toEqual(['20', 0]);
    expect(workflow['30']!.inputs['mask']).toEqual(['20-mask-2', 0]);
    expect(workflow['20-mask-2']).toEqual(
      graphNode('LoadImageMask', { image: `comfygen-${'b'.repeat(16)}.png`, channel: 'red' }),
    );
    expect(files.map(({ node }) => node)).toEqual(['20', '20-mask-2']);
  });

  it('says so where no pass has a denoise, and refuses a picture without a place', () => {
    const { warnings } = bind(textToImage(), { strength: 0.5 });
    expect(warnings.map(({ code }) => code)).toContain('strength-ignored');
    expect(() => bind(textToImage(), { images: { toString: picture('a') } })).toThrow(
      expect.objectContaining({ code: 'MISSING_SLOT' }),
    );
  });
});
