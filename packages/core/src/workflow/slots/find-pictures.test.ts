import { describe, expect, it } from 'vitest';
import { customSampling, graphNode, textToImage } from '../../../test/graphs.ts';
import { sampler, slotsOf } from '../../../test/slots-of.ts';
import type { Workflow } from '../../spec/index.ts';

const load = (image = 'photo.png', title?: string): Workflow[string] => ({
  ...graphNode('LoadImage', { image }),
  ...(title !== undefined && { _meta: { title } }),
});
const from = (latent_image: [string, number]) =>
  graphNode('KSampler', { ...sampler, denoise: 0.6, latent_image });
const encode = (pixels: [string, number]) => graphNode('VAEEncode', { pixels, vae: ['4', 2] });
/** The picture slots of a graph, and what holds its strength. */
const picturesOf = (workflow: Workflow) => {
  const {
    prompt: _p,
    negative: _n,
    seed: _s,
    width: _w,
    height: _h,
    batchSize: _b,
    ...rest
  } = slotsOf(workflow);
  return rest;
};

describe('findPictures', () => {
  it('finds none where nothing loads a picture', () => {
    expect(picturesOf(textToImage())).toEqual({});
    const saved = graphNode('SaveImage', { filename_prefix: 'a.png', images: ['8', 0] });
    expect(picturesOf(textToImage({ '9': saved }))).toEqual({});
  });

  it('finds what a pass starts from, through whatever scales it, with the denoise', () => {
    const graph = textToImage({
      '3': from(['22', 0]),
      '20': load(),
      '21': graphNode('ImageScale', { image: ['20', 0], width: 512, height: 512 }),
      '22': encode(['21', 0]),
    });
    expect(picturesOf(graph)).toEqual({ image: ['20.image'], strength: ['3.denoise'] });
  });

  it('takes the denoise from the scheduler where the sampler is taken apart', () => {
    const graph = customSampling({ '20': load(), '21': encode(['20', 0]) });
    graph['3']!.inputs['latent_image'] = ['21', 0];
    graph['14'] = graphNode('SplitSigmas', { sigmas: ['13', 0], step: 3 });
    graph['3']!.inputs['sigmas'] = ['14', 1];
    expect(picturesOf(graph)).toEqual({ image: ['20.image'], strength: ['13.denoise'] });
  });

  it.each<[string, Workflow]>([
    [
      'a noise mask',
      {
        '22': graphNode('SetLatentNoiseMask', { samples: ['21', 0], mask: ['30', 0] }),
        '21': encode(['20', 0]),
      },
    ],
    [
      'an inpainting encoder',
      {
        '22': graphNode('VAEEncodeForInpaint', {
          pixels: ['20', 0],
          vae: ['4', 2],
          mask: ['30', 0],
        }),
      },
    ],
    [
      'an inpainting conditioning',
      {
        '22': graphNode('InpaintModelConditioning', {
          positive: ['6', 0],
          negative: ['7', 0],
          vae: ['4', 2],
          pixels: ['20', 0],
          mask: ['30', 0],
        }),
      },
    ],
    [
      'a pack’s own inpainting',
      {
        '22': graphNode('Fooocus_Inpaint', {
          positive: ['6', 0],
          negative: ['7', 0],
          vae: ['4', 2],
          image: ['20', 0],
          mask: ['30', 0],
        }),
      },
    ],
  ])('finds the mask of %s, through a node that grows it', (_what, nodes) => {
    const graph = textToImage({
      '3': from(['22', '22' in nodes && 'positive' in nodes['22']!.inputs ? 2 : 0]),
      '20': load(),
      '29': graphNode('LoadImageMask', { image: 'mask.png', channel: 'alpha' }),
      '30': graphNode('GrowMask', { mask: ['29', 0], expand: 6 }),
      ...nodes,
    });
    expect(picturesOf(graph)).toEqual({
      image: ['20.image'],
      mask: ['29.image'],
      strength: ['3.denoise'],
    });
  });

  it('finds a mask in the picture’s own transparency, and in a picture that becomes one', () => {
    const inpaint = (mask: [string, number]) =>
      textToImage({
        '3': from(['22', 0]),
        '20': load(),
        '21': load('white.png'),
        '22': graphNode('VAEEncodeForInpaint', { pixels: ['20', 0], vae: ['4', 2], mask }),
        '23': graphNode('ImageToMask', { image: ['21', 0], channel: 'red' }),
      });
    const own = inpaint(['20', 1]);
    delete own['21'];
    delete own['23'];
    expect(picturesOf(own)).toMatchObject({ image: ['20.image'], mask: ['20.image'] });
    expect(picturesOf(inpaint(['23', 0]))).toMatchObject({
      image: ['20.image'],
      mask: ['21.image'],
    });
  });

  it('takes a mask that is computed from the picture for no slot', () => {
    const graph = textToImage({
      '3': from(['22', 0]),
      '20': load(),
      '21': graphNode('SegmentThing', { image: ['20', 0], prompt: 'sky' }),
      '22': graphNode('VAEEncodeForInpaint', {
        pixels: ['20', 0],
        vae: ['4', 2],
        mask: ['21', 0],
      }),
    });
    expect(picturesOf(graph)).toEqual({ image: ['20.image'], strength: ['3.denoise'] });
  });

  it('gives each ControlNet its picture, through preprocessors', () => {
    const apply = (conditioning: string, image: string) =>
      graphNode('ControlNetApplyAdvanced', {
        positive: [conditioning, 0],
        negative: ['7', 0],
        control_net: ['30', 0],
        image: [image, 0],
      });
    const graph = textToImage({
      '3': graphNode('KSampler', { ...sampler, positive: ['23', 0] }),
      '20': load('edges.png'),
      '21': load('depth.png'),
      '22': apply('6', '24'),
      '23': apply('22', '21'),
      '24': graphNode('Canny', { image: ['20', 0], low_threshold: 0.4 }),
    });
    expect(picturesOf(graph)).toEqual({ control: ['20.image'], 'control-2': ['21.image'] });
  });

  it('knows the picture to be edited, and what is only looked at beside it', () => {
    const edit = textToImage({
      '6': graphNode('TextEncodeQwenImageEdit', {
        clip: ['4', 1],
        vae: ['4', 2],
        image: ['20', 0],
        prompt: 'make it red',
      }),
      '20': load(),
      '21': load('style.png'),
      '22': graphNode('IPAdapterApply', {
        model: ['4', 0],
        ipadapter: ['23', 0],
        image: ['21', 0],
      }),
      '24': load('face.png', 'Her Face'),
      '25': graphNode('CLIPVisionEncode', { clip_vision: ['26', 0], image: ['24', 0] }),
    });
    edit['3']!.inputs['model'] = ['22', 0];
    expect(picturesOf(edit)).toEqual({
      image: ['20.image'],
      reference: ['21.image'],
      'her-face': ['24.image'],
    });
  });

  it('takes what is edited for a reference where a pass starts from another picture', () => {
    const graph = textToImage({
      '3': graphNode('KSampler', { ...sampler, latent_image: ['22', 0], positive: ['25', 0] }),
      '20': load(),
      '22': encode(['20', 0]),
      '23': load('b.png'),
      '24': encode(['23', 0]),
      '25': graphNode('ReferenceLatent', { conditioning: ['6', 0], latent: ['24', 0] }),
    });
    expect(picturesOf(graph)).toMatchObject({ image: ['20.image'], reference: ['23.image'] });
  });

  it('calls the only picture of a graph without a pass the image, several by title or node', () => {
    const scale = (image: [string, number]) => graphNode('UpscaleAny', { image, scale_by: 2 });
    const one: Workflow = {
      '1': load(),
      '2': scale(['1', 0]),
      '3': graphNode('SaveImage', { filename_prefix: 'x', images: ['2', 0] }),
    };
    expect(picturesOf(one)).toEqual({ image: ['1.image'] });
    const two: Workflow = {
      ...one,
      '2': graphNode('ImageBlend', { image1: ['1', 0], image2: ['4:1', 0] }),
      '4:1': load('b.png'),
      '5': load('c.png', 'Logo'),
      '6': graphNode('ImageBlend', { image1: ['2', 0], image2: ['5', 0] }),
    };
    expect(picturesOf(two)).toEqual({
      'node-1': ['1.image'],
      'node-4-1': ['4:1.image'],
      logo: ['5.image'],
    });
  });

  it('knows loaders of packs by the file that they hold, and placeholders', () => {
    const graph = textToImage({
      '3': from(['22', 0]),
      '20': graphNode('PackPicker', { image: 'sub/photo.webp [output]' }),
      '22': encode(['20', 0]),
    });
    expect(picturesOf(graph)).toMatchObject({ image: ['20.image'] });
    graph['20'] = graphNode('PackPicker', { image: '{{input_image}}' });
    expect(picturesOf(graph)).toMatchObject({ image: ['20.image'] });
    graph['20'] = graphNode('PackPicker', { image: 'https://example.com/a.png' });
    expect(picturesOf(graph)).toEqual({});
  });

  it('ends on circles of links', () => {
    const graph = textToImage({
      '20': load(),
      '21': graphNode('Blend', { image1: ['20', 0], image2: ['22', 0] }),
      '22': graphNode('Blend', { image1: ['21', 0], image2: ['21', 0] }),
    });
    expect(picturesOf(graph)).toEqual({ image: ['20.image'] });
  });
});
