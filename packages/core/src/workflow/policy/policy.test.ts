import { describe, expect, it } from 'vitest';
import { customSampling, graphNode, textToImage } from '../../../test/graphs.ts';
import type { InputValue, Workflow } from '../../spec/index.ts';
import { checkPolicy, createPolicy, defaultPolicy } from './policy.ts';

const sampler = textToImage()['3']!.inputs;
const codes = (graph: Workflow, policy = defaultPolicy) =>
  checkPolicy(graph, policy).map(({ code }) => code);
const withSampler = (inputs: Record<string, InputValue>) =>
  textToImage({ '3': graphNode('KSampler', { ...sampler, ...inputs }) });
const latent = (width: InputValue, height: InputValue, batch_size: InputValue = 1) =>
  textToImage({ '5': graphNode('EmptyLatentImage', { width, height, batch_size }) });

describe('checkPolicy', () => {
  it('has nothing against the usual graphs', () => {
    expect(codes(textToImage())).toEqual([]);
    expect(codes(customSampling())).toEqual([]);
  });

  it.each(['SaveLatent', 'LoadImage', 'CheckpointSave', 'SomeApiNode', 'constructor'])(
    'refuses the class %s',
    (name) => {
      const [issue] = checkPolicy(textToImage({ '20': graphNode(name, {}) }));
      expect(issue).toMatchObject({ code: 'class-not-allowed', nodeId: '20' });
      const allowed = createPolicy({ classes: [...defaultPolicy.classes, name] });
      expect(codes(textToImage({ '20': graphNode(name, {}) }), allowed)).toEqual([]);
    },
  );

  it('wants an output, under a name of ours', () => {
    const saved = (filename_prefix: InputValue) =>
      codes(textToImage({ '9': graphNode('SaveImage', { images: ['8', 0], filename_prefix }) }));
    expect(saved('comfygen-my_flow-7')).toEqual([]);
    for (const prefix of ['ComfyUI', 'comfygen/../../x', 'comfygen%date%', '', 5, ['8', 0], null]) {
      expect(saved(prefix as InputValue)).toEqual(['filename-prefix']);
    }
    const { '9': _save, ...nothing } = textToImage();
    expect(codes(nothing)).toEqual(['no-output']);
    const preview = graphNode('PreviewImage', { images: ['8', 0] });
    expect(codes({ ...nothing, '9': preview })).toEqual([]);
  });

  it('takes other outputs where it is told to', () => {
    const policy = createPolicy({ outputClasses: ['SaveImageWebsocket'] });
    const graph = textToImage({ '9': graphNode('SaveImageWebsocket', { images: ['8', 0] }) });
    expect(codes(graph, policy)).toEqual([]);
    expect(codes(graph)).toEqual(['class-not-allowed', 'no-output']);
  });

  it('caps steps over all samplers, however they are written', () => {
    expect(codes(withSampler({ steps: 251 }))).toEqual(['too-many-steps']);
    expect(codes(withSampler({ steps: '251' }))).toEqual(['too-many-steps']);
    const two = textToImage({ '20': graphNode('KSampler', { ...sampler, steps: 231 }) });
    expect(codes(two)).toEqual(['too-many-steps']);
    const held = {
      ...withSampler({ steps: ['20', 0] }),
      '20': graphNode('PrimitiveInt', { value: 300 }),
    };
    expect(codes(held)).toEqual(['too-many-steps']);
  });

  it('refuses a capped number that it can not read', () => {
    for (const steps of [['8', 0], null, true, '', 'x'] as InputValue[]) {
      expect(codes(withSampler({ steps }))).toContain('unchecked-value');
    }
    expect(codes(latent(['3', 0], 512))).toEqual(['unchecked-value']);
  });

  it('caps size × batch, upscaling included', () => {
    expect(codes(latent(8192, 8192))).toEqual([]);
    expect(codes(latent(8192, 8192, 2))).toEqual(['too-many-pixels']);
    expect(codes(latent(64, 64, 17))).toEqual(['too-large-batch']);
    const twice = { upscale_method: 'area', scale_by: 8 };
    const grown = textToImage({
      '20': graphNode('LatentUpscaleBy', { samples: ['3', 0], ...twice }),
      '21': graphNode('LatentUpscaleBy', { samples: ['20', 0], ...twice }),
    });
    expect(codes(grown)).toEqual(['too-many-pixels']);
    const repeated = textToImage({ '20': graphNode('RepeatLatentBatch', { amount: 64 }) });
    expect(codes(repeated)).toEqual(['too-large-batch']);
  });

  it('refuses a side of 0: the server then computes one without a limit', () => {
    const scale = graphNode('ImageScale', {
      image: ['8', 0],
      width: 0,
      height: 16_384,
      crop: 'disabled',
    });
    expect(checkPolicy(textToImage({ '20': scale }))).toMatchObject([
      { code: 'unchecked-value', nodeId: '20', input: 'width' },
    ]);
  });

  it('caps nodes and texts, and refuses odd literals', () => {
    const many = Array.from({ length: 101 }, (_, id) => [
      `n${id}`,
      graphNode('PrimitiveInt', { value: 1 }),
    ]);
    expect(codes(textToImage(Object.fromEntries(many)))).toEqual(['too-many-nodes']);
    const text = (value: InputValue) =>
      codes(textToImage({ '6': graphNode('CLIPTextEncode', { text: value, clip: ['4', 1] }) }));
    expect(text('x'.repeat(100_001))).toEqual(['text-too-long']);
    expect(text({ __value__: ['6', 0] })).toEqual(['odd-literal']);
    expect(text(['a', 'b', 'c'])).toEqual(['odd-literal']);
  });

  it('refuses what is no graph', () => {
    expect(() => checkPolicy({ '1': {} } as unknown as Workflow)).toThrow(/Node 1 needs/);
  });
});

describe('createPolicy', () => {
  it('keeps the defaults that are not given', () => {
    expect(createPolicy()).toEqual(defaultPolicy);
    expect(createPolicy({ maxSteps: 8 })).toEqual({ ...defaultPolicy, maxSteps: 8 });
  });
});

describe('createPolicy', () => {
  it('replaces what is given, bounds without end too', () => {
    const policy = createPolicy({ maxSteps: 10, maxPixels: Infinity });
    expect(policy).toEqual({ ...defaultPolicy, maxSteps: 10, maxPixels: Infinity });
  });

  it.each<[object, string]>([
    [{ maxStep: 10 }, 'createPolicy has no field maxStep; did you mean maxSteps?'],
    [{ maxSteps: '10' }, 'createPolicy: maxSteps must be a number from 0 on; got the text "10".'],
    [{ classes: 'KSampler' }, 'createPolicy: classes must be a list; got "KSampler".'],
  ])('refuses %o', (wrong, message) => {
    expect(() => createPolicy(wrong)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTIONS',
        message: expect.stringContaining(message),
      }),
    );
  });
});
