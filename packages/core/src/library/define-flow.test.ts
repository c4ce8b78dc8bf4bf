import { describe, expect, it } from 'vitest';
import type { Workflow } from '../spec/index.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { defineFlow, type FlowInput } from './define-flow.ts';

const workflow: Workflow = {
  '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'base.safetensors' } },
  '5': { class_type: 'EmptyLatentImage', inputs: { width: 512, height: 768, batch_size: 1 } },
  '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a fox', clip: ['10', 1] } },
  '7': { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['10', 1] } },
  '10': {
    class_type: 'LoraLoader',
    inputs: {
      lora_name: 'ink.safetensors',
      strength_model: 1,
      strength_clip: 1,
      model: ['4', 0],
      clip: ['4', 1],
    },
  },
  '3': {
    class_type: 'KSampler',
    inputs: {
      seed: 1,
      steps: 20,
      cfg: 7,
      sampler_name: 'euler',
      scheduler: 'normal',
      denoise: 1,
      model: ['10', 0],
      positive: ['6', 0],
      negative: ['7', 0],
      latent_image: ['5', 0],
    },
  },
  '8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
  '9': { class_type: 'SaveImage', inputs: { filename_prefix: 'x', images: ['8', 0] } },
};

describe('a flow', () => {
  it('is found in the graph alone; what nobody stated is null or empty', () => {
    const flow = defineFlow({ id: 'my-flow', workflow });
    expect(flow).toMatchObject({
      title: 'My flow',
      description: '',
      tags: [],
      baseModel: null,
      needs: {},
      defaults: {},
      cost: { relative: null, vramGb: null },
      provenance: { author: null, licence: null, source: null, verified: null, verifiedWith: null },
    });
    expect(flow.slots).toEqual({
      prompt: [{ node: '6', input: 'text' }],
      negative: [{ node: '7', input: 'text' }],
      seed: [{ node: '3', input: 'seed' }],
      width: [{ node: '5', input: 'width' }],
      height: [{ node: '5', input: 'height' }],
      batchSize: [{ node: '5', input: 'batch_size' }],
    });
    expect(flow.models.map(({ folder, file }) => `${folder}/${file}`)).toEqual([
      'checkpoints/base.safetensors',
      'loras/ink.safetensors',
    ]);
    expect(flow.models[0]).toMatchObject({ licence: null, commercialUse: null, url: null });
    expect(flow.classes).toEqual(
      Object.values(workflow)
        .map((node) => node.class_type)
        .filter((name, index, all) => all.indexOf(name) === index)
        .sort(),
    );
    expect(flow.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('takes stated slots in place of found ones, name by name', () => {
    const prompt = [{ node: '6', input: 'text', template: '{first}' }];
    const { slots } = defineFlow({ id: 'x', workflow, slots: { prompt, width: [] } });
    expect(slots.prompt).toEqual(prompt);
    expect(slots.width).toEqual([]);
    expect(slots.height).toEqual([{ node: '5', input: 'height' }]);
  });

  it('needs every model file that the graph names, a ControlNet too', () => {
    const loader = { class_type: 'ControlNetLoader', inputs: { control_net_name: 'pose.pth' } };
    const { models } = defineFlow({ id: 'x', workflow: { '1': loader } });
    expect(models).toEqual([
      expect.objectContaining({ folder: 'controlnet', file: 'pose.pth', licence: null }),
    ]);
  });

  it('takes the folder of a node pack’s file from its author, else leaves it open', () => {
    const loader = { class_type: 'GGUF Loader', inputs: { unet_name: 'big.gguf' } };
    const given = { id: 'x', workflow: { '1': loader } };
    expect(defineFlow(given).models).toMatchObject([{ folder: null, file: 'big.gguf' }]);
    const stated = { folder: 'diffusion_models', file: 'big.gguf', licence: 'MIT' };
    expect(defineFlow({ ...given, models: [stated] }).models).toMatchObject([stated]);
  });

  it('takes stated facts of models, and models that the graph does not name', () => {
    const { models } = defineFlow({
      id: 'x',
      workflow,
      models: [
        { folder: 'embeddings', file: 'easy.pt' },
        { folder: 'loras', file: 'ink.safetensors', licence: 'MIT', commercialUse: true },
      ],
    });
    expect(models.map((model) => model.file)).toEqual([
      'base.safetensors',
      'ink.safetensors',
      'easy.pt',
    ]);
    expect(models[1]).toMatchObject({ licence: 'MIT', commercialUse: true, sizeBytes: null });
  });

  it("does not touch or share the caller's graph", () => {
    const before = structuredClone(workflow);
    const flow = defineFlow({ id: 'x', workflow });
    expect(workflow).toEqual(before);
    expect(flow.workflow).toEqual(workflow);
    expect(flow.workflow['3']).not.toBe(workflow['3']);
  });

  it.each<[string, object]>([
    ['id', { id: 'Not Kebab' }],
    ['id', { id: '' }],
    ['titel', { titel: 'typo' }],
    ['title', { title: 3 }],
    ['tags[1]', { tags: ['fast', 'Sci Fi'] }],
    ['models[0].file', { models: [{ folder: 'loras' }] }],
    ['models[0].sizeBytes', { models: [{ folder: 'a', file: 'b', sizeBytes: -1 }] }],
    ['models[0].url', { models: [{ folder: 'a', file: 'b', url: 'javascript:1' }] }],
    ['needs.relations[0]', { needs: { relations: ['near'] } }],
    ['needs.count', { needs: { count: 0.5 } }],
    ['cost.vramGb', { cost: { vramGb: Number.NaN } }],
    ['provenance.verified', { provenance: { verified: 'yes' } }],
    ['slots.prompt[0]', { slots: { prompt: [{ node: '99', input: 'text' }] } }],
    ['slots.seed[0]', { slots: { seed: [{ node: '3', input: 'model' }] } }],
    ['slots.prompt[0]', { slots: { prompt: [{ node: '6', input: 'toString' }] } }],
  ])('names the field %s that is wrong in %o', (field, wrong) => {
    expect(() => defineFlow({ id: 'x', workflow, ...wrong } as FlowInput)).toThrow(
      expect.objectContaining({
        code: 'INVALID_FLOW',
        message: expect.stringContaining(field),
        details: expect.objectContaining({ fields: [field] }),
      }),
    );
  });

  it.each([undefined, null, 'graph', {}])('of %o is a clear error', (input) => {
    expect(() => defineFlow(input as unknown as FlowInput)).toThrow(
      expect.objectContaining({ code: 'INVALID_FLOW' }),
    );
  });

  it('passes on what is wrong with the graph', () => {
    expect(() => defineFlow({ id: 'x', workflow: '{' })).toThrow(
      expect.objectContaining({ code: 'INVALID_WORKFLOW' }),
    );
    expect(() => defineFlow({ id: 'x', workflow: '{"nodes":[],"links":[]}' })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_FORMAT' }),
    );
  });

  it.each([
    [
      'https://huggingface.co/a/b/blob/main/x/y.gguf',
      'https://huggingface.co/a/b/resolve/main/x/y.gguf',
    ],
    ['https://github.com/a/b/blob/v1/y.pth', 'https://github.com/a/b/raw/v1/y.pth'],
    [
      'https://huggingface.co/a/b/resolve/main/y.gguf',
      'https://huggingface.co/a/b/resolve/main/y.gguf',
    ],
    ['https://example.com/a/b/blob/y.gguf', 'https://example.com/a/b/blob/y.gguf'],
  ])('has the address of a model’s file for that of its page: %s', (url, address) => {
    const models = [{ folder: 'unet', file: 'y', url }];
    const flow = defineFlow({ id: 'a', workflow, models });
    expect(flow.models.at(-1)?.url).toBe(address);
  });
});

describe('stated pictures', () => {
  const workflow = createTestGraph({ sampler: { latent_image: ['encode', 0] } });
  workflow['photo'] = { class_type: 'LoadImage', inputs: { image: 'a.png' } };
  workflow['encode'] = {
    class_type: 'VAEEncodeForInpaint',
    inputs: { pixels: ['photo', 0], vae: ['loader', 2], mask: ['photo', 1], grow_mask_by: 6 },
  };
  const photo = [{ node: 'photo', input: 'image' }];

  it('take the names of the found ones, and leave a mask that comes through the same loader', () => {
    expect(defineFlow({ id: 'paint', workflow }).slots.pictures).toEqual({
      image: photo,
      mask: photo,
    });
    const slots = { pictures: { face: photo }, strength: [] };
    const flow = defineFlow({ id: 'paint', workflow, slots, needs: { pictures: ['face'] } });
    expect(flow.slots).toMatchObject({ pictures: { face: photo, mask: photo }, strength: [] });
    expect(flow.slots.pictures).not.toHaveProperty('image');
  });

  it('must be inputs of the graph, by names of their kind', () => {
    const wrong = (pictures: object) => () =>
      defineFlow({ id: 'paint', workflow, slots: { pictures } as never });
    expect(wrong({ face: [{ node: 'photo', input: 'file' }] })).toThrow('slots.pictures.face[0]');
    expect(wrong({ 'My Face': photo })).toThrow('lower-kebab-case');
  });
});
