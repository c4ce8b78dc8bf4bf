import { describe, expect, it } from 'vitest';
import { customSampling, graphNode, textToImage } from '../../../test/graphs.ts';
import type { Workflow } from '../../spec/index.ts';
import { findInputs } from './find-inputs.ts';

/** Inputs as `node.input`, for short. */
const inputsOf = (workflow: Workflow): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(findInputs(workflow)).map(([name, refs]) => [
      name,
      refs.map(({ node, input }) => `${node}.${input}`).join(' '),
    ]),
  );

const { '3': sampler } = textToImage() as { '3': Workflow[string] };
const second = (inputs: Workflow[string]['inputs']) =>
  graphNode(sampler.class_type, { ...sampler.inputs, ...inputs });

describe('findInputs', () => {
  it('finds the settings of a sampler and the model', () => {
    expect(inputsOf(textToImage())).toEqual({
      checkpoint: '4.ckpt_name',
      steps: '3.steps',
      cfg: '3.cfg',
      sampler: '3.sampler_name',
      scheduler: '3.scheduler',
      denoise: '3.denoise',
    });
  });

  it('finds them where the sampler is taken apart, through nodes that change the sigmas too', () => {
    const split = customSampling({
      '3': graphNode('SamplerCustomAdvanced', {
        ...customSampling()['3']!.inputs,
        sigmas: ['20', 1],
      }),
      '20': graphNode('SplitSigmas', { sigmas: ['13', 0], step: 4 }),
    });
    const settings = {
      steps: '13.steps',
      cfg: '11.cfg',
      sampler: '12.sampler_name',
      scheduler: '13.scheduler',
      denoise: '13.denoise',
    };
    expect(inputsOf(customSampling())).toMatchObject(settings);
    expect(inputsOf(split)).toMatchObject(settings);
  });

  it('finds them behind number nodes, config nodes and pipes of packs', () => {
    const found = inputsOf(
      textToImage({
        '3': second({
          steps: ['30', 0],
          cfg: ['31', 1],
          sampler_name: ['31', 2],
          scheduler: ['32', 0],
        }),
        '30': graphNode('SomeNumber', { value: 12 }),
        '31': graphNode('Some Config', { cfg: 5, sampler_name: 'ddim', scheduler: 'karras' }),
        '32': graphNode('Some Text', { string: 'karras' }),
      }),
    );
    expect(found).toMatchObject({
      steps: '30.value',
      cfg: '31.cfg',
      sampler: '31.sampler_name',
      scheduler: '32.string',
    });
    const piped = inputsOf(
      textToImage({
        '3': graphNode('packSampler', { pipe: ['40', 0], seed: 4 }),
        '40': graphNode('packSettings', {
          steps: 9,
          cfg: 3,
          sampler_name: 'euler',
          scheduler: 'normal',
          denoise: 1,
          pipe: ['41', 0],
        }),
        '41': graphNode('packLoader', { ckpt_name: 'a.safetensors', positive: 'a', seed: 1 }),
      }),
    );
    expect(piped).toMatchObject({ steps: '40.steps', denoise: '40.denoise' });
  });

  it('names no setting that is computed', () => {
    const found = inputsOf(
      textToImage({
        '3': second({ steps: ['30', 0] }),
        '30': graphNode('Math', { a: ['31', 0], b: ['32', 0], operation: 'add' }),
        '31': graphNode('Number', { value: 3 }),
        '32': graphNode('Number', { value: 4 }),
      }),
    );
    expect(found).not.toHaveProperty('steps');
    expect(found).toHaveProperty('cfg');
  });

  it('finds the guidance of distilled models on the way of the prompt', () => {
    const graph = textToImage({
      '3': second({ positive: ['50', 0] }),
      '50': graphNode('FluxGuidance', { conditioning: ['6', 0], guidance: 3.5 }),
    });
    expect(inputsOf(graph)['guidance']).toBe('50.guidance');
  });
});

describe('several passes', () => {
  /** The second pass has the lower id, as in graphs that were built backwards. */
  const hires = textToImage({
    '2': second({ latent_image: ['20', 0], denoise: 0.5, steps: 12 }),
    '20': graphNode('LatentUpscaleBy', { samples: ['3', 0], scale_by: 1.5 }),
    '8': graphNode('VAEDecode', { samples: ['2', 0], vae: ['4', 2] }),
  });

  it('gives the plain name to the one that makes the picture first, whatever its id', () => {
    expect(inputsOf(hires)).toMatchObject({
      steps: '3.steps',
      denoise: '3.denoise',
      'steps-2': '2.steps',
      'denoise-2': '2.denoise',
      'sampler-2': '2.sampler_name',
    });
  });

  it('puts of two that need nothing before them the one first that starts from noise alone', () => {
    const both = textToImage({
      '1': second({ latent_image: ['21', 0], denoise: 0.4 }),
      '21': graphNode('VAEEncode', { pixels: ['22', 0], vae: ['4', 2] }),
      '22': graphNode('LoadImage', { image: 'a.png' }),
    });
    expect(inputsOf(both)).toMatchObject({ denoise: '3.denoise', 'denoise-2': '1.denoise' });
  });

  it('counts one that goes on with the same schedule as the same pass', () => {
    const advanced = (inputs: Workflow[string]['inputs']) =>
      graphNode('KSamplerAdvanced', {
        ...sampler.inputs,
        noise_seed: 3,
        start_at_step: 0,
        end_at_step: 16,
        ...inputs,
      });
    const found = inputsOf(
      textToImage({
        '3': advanced({}),
        '10': advanced({ start_at_step: 16, end_at_step: 1000, latent_image: ['3', 0] }),
      }),
    );
    expect(found['steps']).toBe('3.steps 10.steps');
    expect(found).not.toHaveProperty('steps-2');
  });

  it('tells what two passes share once', () => {
    const shared = customSampling({
      '14': graphNode('SamplerCustomAdvanced', {
        ...customSampling()['3']!.inputs,
        latent_image: ['3', 0],
      }),
    });
    expect(Object.keys(inputsOf(shared)).filter((name) => name.endsWith('-2'))).toEqual([]);
  });
});

describe('models', () => {
  const lora = (file: string, inputs: Workflow[string]['inputs'] = {}) =>
    graphNode('LoraLoader', {
      lora_name: file,
      strength_model: 0.8,
      strength_clip: 0.6,
      model: ['4', 0],
      clip: ['4', 1],
      ...inputs,
    });

  it('names a LoRA’s strengths by its file, both by one name and the text encoder’s by its own', () => {
    const graph = textToImage({
      '20': lora('style\\Pixel_Art v1.1.safetensors'),
      '21': lora('ink.safetensors', { strength_model: ['22', 0], strength_clip: ['22', 0] }),
      '22': graphNode('PrimitiveFloat', { value: 0.5 }),
    });
    expect(inputsOf(graph)).toMatchObject({
      lora: '20.lora_name',
      'lora:pixel-art-v1-1': '20.strength_model 20.strength_clip',
      'lora:pixel-art-v1-1:clip': '20.strength_clip',
      'lora-2': '21.lora_name',
      'lora:ink': '22.value',
    });
    expect(inputsOf(graph)).not.toHaveProperty('lora:ink:clip');
  });

  it('tells two files of one name apart, and one file in two loaders as one', () => {
    const names = inputsOf(
      textToImage({
        '20': lora('a/ink.safetensors'),
        '21': lora('b/ink.safetensors'),
        '22': lora('a/ink.safetensors'),
      }),
    );
    expect(names['lora:ink']).toBe(
      '20.strength_model 20.strength_clip 22.strength_model 22.strength_clip',
    );
    expect(names['lora:ink-2']).toBe('21.strength_model 21.strength_clip');
  });

  it('reads stacks of packs: numbered inputs, and lines of several values', () => {
    const names = inputsOf(
      textToImage({
        '20': graphNode('Some Stack', {
          lora_name_1: 'one.safetensors',
          model_str_1: 0.4,
          clip_str_1: 0.3,
          lora_name_2: 'two.safetensors',
          model_str_2: 0.2,
          clip_str_2: 0.1,
        }),
        '21': graphNode('Some Power Loader', {
          lora_1: { on: true, lora: 'three.safetensors', strength: 0.9 },
        }),
      }),
    );
    expect(names).toMatchObject({
      'lora:one': '20.model_str_1 20.clip_str_1',
      'lora:two:clip': '20.clip_str_2',
      'lora:three': '21.lora_1.strength',
    });
  });

  it('names the files by what they are, in classes that nobody knows here by their words', () => {
    const names = inputsOf(
      textToImage({
        '20': graphNode('DualCLIPLoader', {
          clip_name1: 'l.safetensors',
          clip_name2: 't5.safetensors',
        }),
        '21': graphNode('UpscaleModelLoader', { model_name: 'x4.pth' }),
        '22': graphNode('PackVAELoader', { model_name: 'v.safetensors' }),
        '23': graphNode('PackFrames', { ckpt_name: 'frames.pth' }),
      }),
    );
    expect(names).toMatchObject({
      'text-encoder': '20.clip_name1',
      'text-encoder-2': '20.clip_name2',
      upscaler: '21.model_name',
      vae: '22.model_name',
      model: '23.ckpt_name',
    });
  });
});
