import { describe, expect, it } from 'vitest';
import { customSampling, graphNode, textToImage } from '../../../test/graphs.ts';
import { sampler, slotsOf, usual } from '../../../test/slots-of.ts';

describe('findSlots', () => {
  it('reads the usual graph', () => expect(slotsOf(textToImage())).toEqual(usual));

  it('reads noise and guider nodes', () => {
    expect(slotsOf(customSampling())).toEqual({ ...usual, seed: ['10.noise_seed'] });
    const basic = customSampling({
      '11': graphNode('BasicGuider', { model: ['4', 0], conditioning: ['6', 0] }),
    });
    expect(slotsOf(basic)).toEqual({ ...usual, negative: [], seed: ['10.noise_seed'] });
  });

  it('finds no seed where the noise is turned off by a node', () => {
    const silent = customSampling({ '10': graphNode('DisableNoise', {}) });
    expect(slotsOf(silent)['seed']).toEqual([]);
  });

  it('follows conditionings through the nodes between, each text once', () => {
    const graph = textToImage({
      '3': graphNode('KSampler', { ...sampler, positive: ['23', 0] }),
      '20': graphNode('CLIPTextEncode', { text: 'left', clip: ['4', 1] }),
      '21': graphNode('ConditioningSetArea', { conditioning: ['20', 0], width: 256, height: 512 }),
      '22': graphNode('ConditioningCombine', {
        conditioning_1: ['21', 0],
        conditioning_2: ['6', 0],
      }),
      '23': graphNode('ConditioningAverage', {
        conditioning_to: ['22', 0],
        conditioning_from: ['6', 0],
      }),
    });
    expect(slotsOf(graph)).toEqual(usual);
  });

  it('keeps the sides apart in a node that passes both through', () => {
    const graph = textToImage({
      '3': graphNode('KSampler', { ...sampler, positive: ['20', 0], negative: ['20', 1] }),
      '20': graphNode('ControlNetApplyAdvanced', {
        positive: ['6', 0],
        negative: ['7', 0],
        control_net: ['21', 0],
        image: ['22', 0],
      }),
    });
    expect(slotsOf(graph)).toEqual(usual);
  });

  it('takes an emptied conditioning for no negative prompt', () => {
    const graph = textToImage({
      '3': graphNode('KSampler', { ...sampler, negative: ['20', 0] }),
      '20': graphNode('ConditioningZeroOut', { conditioning: ['6', 0] }),
    });
    expect(slotsOf(graph)).toMatchObject({ prompt: ['6.text'], negative: [] });
  });

  it('counts a text on both sides as the prompt only', () => {
    const graph = textToImage({ '3': graphNode('KSampler', { ...sampler, negative: ['6', 0] }) });
    expect(slotsOf(graph)).toMatchObject({ prompt: ['6.text'], negative: [] });
  });

  it('finds every text of encoders with several', () => {
    const encoder = graphNode('CLIPTextEncodeSDXL', {
      clip: ['4', 1],
      text_g: '',
      text_l: '',
      width: 1024,
      height: 1024,
      target_width: 1024,
      target_height: 1024,
    });
    expect(slotsOf(textToImage({ '6': encoder }))).toEqual({
      ...usual,
      prompt: ['6.text_g', '6.text_l'],
      width: ['5.width', '6.width', '6.target_width'],
      height: ['5.height', '6.height', '6.target_height'],
    });
  });

  it('writes into the number and text nodes that feed an input', () => {
    const graph = textToImage({
      '3': graphNode('KSampler', { ...sampler, seed: ['20', 0] }),
      '5': graphNode('EmptyLatentImage', { width: ['21', 0], height: ['21', 0], batch_size: 1 }),
      '6': graphNode('CLIPTextEncode', { text: ['22', 0], clip: ['4', 1] }),
      '20': graphNode('PrimitiveInt', { value: 5 }),
      '21': graphNode('PrimitiveInt', { value: 512 }),
      '22': graphNode('StringConcatenate', {
        string_a: ['23', 0],
        string_b: ', oil',
        delimiter: '',
      }),
      '23': graphNode('PrimitiveStringMultiline', { value: 'a house' }),
    });
    expect(slotsOf(graph)).toMatchObject({
      seed: ['20.value'],
      width: ['21.value'],
      height: ['21.value'],
      prompt: ['23.value'],
    });
  });

  it('leaves out what another node computes', () => {
    const graph = textToImage({
      '5': graphNode('EmptyLatentImage', { width: ['20', 0], height: 512, batch_size: 1 }),
      '20': graphNode('ComfyMathExpression', { expression: 'a*2' }),
    });
    expect(slotsOf(graph)).toMatchObject({ width: [], height: ['5.height'] });
  });

  it('gives one seed to every sampler of a chain, and the size to the latent at its start', () => {
    const graph = textToImage({
      '20': graphNode('LatentUpscale', { samples: ['3', 0], width: 1024, height: 1024 }),
      '21': graphNode('KSamplerAdvanced', {
        ...sampler,
        noise_seed: 0,
        add_noise: 'disable',
        latent_image: ['20', 0],
      }),
    });
    expect(slotsOf(graph)).toEqual({ ...usual, seed: ['3.seed', '21.noise_seed'] });
  });

  it('knows community samplers and encoders by their inputs', () => {
    const graph = textToImage({
      '3': graphNode('KSampler (Efficient)', sampler),
      '6': graphNode('BNK_CLIPTextEncodeAdvanced', { text: 'a house', clip: ['4', 1] }),
    });
    expect(slotsOf(graph)).toEqual(usual);
  });

  it('does not depend on the order of the nodes', () => {
    const { '3': sampling } = textToImage();
    const graph = textToImage({ 'a:10': sampling!, 'a:2': sampling!, '10': sampling! });
    const reversed = Object.fromEntries(Object.entries(graph).reverse());
    expect(slotsOf(reversed)).toEqual(slotsOf(graph));
    expect(slotsOf(graph)['seed']).toEqual(['3.seed', '10.seed', 'a:2.seed', 'a:10.seed']);
  });

  it('follows a chain of 20,000 conditionings', () => {
    const links = Array.from({ length: 20_000 }, (_, index) => [
      `c${index}`,
      graphNode('FluxGuidance', { conditioning: [index === 0 ? '6' : `c${index - 1}`, 0] }),
    ]);
    const graph = textToImage({
      ...Object.fromEntries(links),
      '3': graphNode('KSampler', { ...sampler, positive: ['c19999', 0] }),
    });
    expect(slotsOf(graph)).toEqual(usual);
  });
});
