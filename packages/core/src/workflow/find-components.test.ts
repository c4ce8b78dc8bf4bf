import { describe, expect, it } from 'vitest';
import { customSampling, graphNode, textToImage } from '../../test/graphs.ts';
import { findComponents } from './find-components.ts';

describe('findComponents', () => {
  it('reads the usual graph', () => {
    expect(findComponents(textToImage())).toEqual({
      checkpoints: ['base.safetensors'],
      diffusionModels: [],
      textEncoders: [],
      loras: [],
      vaes: [],
      upscalers: [],
      otherModels: [],
      samplers: [
        { node: '3', sampler: 'euler', scheduler: 'normal', steps: 20, cfg: 7.5, denoise: 1 },
      ],
    });
  });

  it('finds a sampler’s settings in the nodes that feed it', () => {
    expect(findComponents(customSampling()).samplers).toEqual([
      { node: '3', sampler: 'dpmpp_2m', scheduler: 'karras', steps: 25, cfg: 4, denoise: 0.8 },
    ]);
    const basic = customSampling({ '11': graphNode('BasicGuider', { conditioning: ['6', 0] }) });
    expect(findComponents(basic).samplers[0]?.cfg).toBeNull();
  });

  it('finds models of every kind, each file once, LoRAs with their strengths', () => {
    const graph = textToImage({
      '20': graphNode('UNETLoader', { unet_name: 'flux.safetensors', weight_dtype: 'default' }),
      '21': graphNode('DualCLIPLoader', {
        clip_name1: 'l.safetensors',
        clip_name2: 't5.safetensors',
      }),
      '22': graphNode('CLIPLoader', { clip_name: 'l.safetensors' }),
      '23': graphNode('VAELoader', { vae_name: 'ae.safetensors' }),
      '24': graphNode('UpscaleModelLoader', { model_name: '4x.pth' }),
      '25': graphNode('LoraLoader', { lora_name: 'a', strength_model: 0.8, strength_clip: 0.5 }),
      '26': graphNode('LoraLoaderModelOnly', { lora_name: 'b', strength_model: ['27', 0] }),
    });
    expect(findComponents(graph)).toMatchObject({
      checkpoints: ['base.safetensors'],
      diffusionModels: ['flux.safetensors'],
      textEncoders: ['l.safetensors', 't5.safetensors'],
      vaes: ['ae.safetensors'],
      upscalers: ['4x.pth'],
      loras: [
        { file: 'a', strengthModel: 0.8, strengthClip: 0.5 },
        { file: 'b', strengthModel: 1, strengthClip: null },
      ],
    });
  });

  it('knows model files of other classes by their endings, of no known folder', () => {
    const graph = textToImage({
      '20': graphNode('GGUF Loader', {
        unet_name: 'big.Q4.gguf',
        mode: 'fast',
        source: 'https://a.example/b.ckpt',
      }),
      '21': graphNode('Stack', {
        lora_1: { on: true, lora: 'style\\ink.safetensors', strength: 1 },
        more: [['deep.PTH', 0.5, 1], 'text'],
        model: ['20', 0],
      }),
      '22': graphNode('SaveImage', { filename_prefix: 'out' }),
      '6': graphNode('CLIPTextEncode', { text: 'a disk\nlabelled x.ckpt', clip: ['4', 1] }),
    });
    const { otherModels, checkpoints, loras } = findComponents(graph);
    expect(otherModels).toEqual(['big.Q4.gguf', 'style\\ink.safetensors', 'deep.PTH']);
    expect({ checkpoints, loras }).toEqual({ checkpoints: ['base.safetensors'], loras: [] });
  });

  it('leaves out what ComfyUI brings itself', () => {
    const graph = textToImage({
      '20': graphNode('VAELoader', { vae_name: 'pixel_space' }),
      '21': graphNode('CheckpointLoader', { config_name: 'v1.yaml', ckpt_name: 'old.ckpt' }),
    });
    expect(findComponents(graph)).toMatchObject({
      checkpoints: ['base.safetensors', 'old.ckpt'],
      vaes: [],
    });
  });

  it('leaves a file out that another node names', () => {
    const graph = textToImage({
      '4': graphNode('CheckpointLoaderSimple', { ckpt_name: ['20', 0] }),
    });
    expect(findComponents(graph).checkpoints).toEqual([]);
  });
});
