import { describe, expect, it } from 'vitest';
import { graphNode, textToImage } from '../../test/graphs.ts';
import type { Brief, NodeCatalogue, Slots, Workflow } from '../spec/index.ts';
import { type BindOptions, bindWorkflow } from './bind.ts';
import { coreCatalogue } from './catalogue.ts';
import { validateWorkflow } from './validate/validate-workflow.ts';

const at = (...places: string[]) =>
  places.map((place) => ({ node: place.split('.')[0]!, input: place.split('.')[1]! }));
const places: Slots = {
  prompt: at('6.text'),
  negative: at('7.text'),
  seed: at('3.seed'),
  width: at('5.width'),
  height: at('5.height'),
  batchSize: at('5.batch_size'),
};

function bind(
  graph: Workflow,
  given: Partial<Brief>,
  slots: Partial<Slots> = {},
  options: BindOptions = {},
) {
  const brief = { prompt: 'a fox', seed: 7, limits: {}, options: {}, ...given } as Brief;
  const { workflow, warnings } = bindWorkflow(graph, { ...places, ...slots }, brief, options);
  return {
    inputs: (id: string) => workflow[id]!.inputs,
    workflow,
    warnings,
    codes: warnings.map(({ code }) => code),
  };
}

const sampler = textToImage()['3']!.inputs;

describe('seeds', () => {
  const declares = (options: object) => ({
    ...coreCatalogue,
    Small: { ...coreCatalogue['KSampler'], input: { required: { seed: ['INT', options] } } },
  });
  const written = (
    seed: number | bigint,
    catalogue: NodeCatalogue,
    graph?: Workflow,
    seeds = '3.seed',
  ) =>
    bind(
      graph ?? textToImage({ '3': graphNode('Small', sampler) }),
      { seed },
      { seed: at(seeds) },
      { catalogue },
    );

  it.each([
    [2 ** 32 - 1, { min: 0, max: 2 ** 32 - 1 }, 2 ** 32 - 1],
    [2 ** 32, { min: 0, max: 2 ** 32 - 1 }, 0],
    [2n ** 64n - 1n, { min: 0, max: 2 ** 31 - 1 }, 2 ** 31 - 1],
    [0, { min: 1, max: 10 }, 1],
    [2n ** 63n, { max: 2 ** 63 }, 0],
    [2n ** 63n - 1n, { max: 2 ** 63 }, 2n ** 63n - 1n],
    [2n ** 64n - 1n, { min: -1, max: 2 ** 64 }, 2n ** 64n - 1n],
    [2n ** 64n - 1n, {}, 2n ** 64n - 1n],
  ])('of %d for a class that declares %j', (seed, options, expected) => {
    const { inputs, codes } = written(seed, declares(options));
    expect(inputs('3')['seed']).toBe(expected);
    expect(codes).toEqual(BigInt(seed) === BigInt(expected) ? [] : ['seed-wrapped']);
  });

  it('in a number node fit the samplers that it feeds', () => {
    const graph = textToImage({
      '3': graphNode('Small', { ...sampler, seed: ['20', 0] }),
      '20': graphNode('PrimitiveInt', { value: 5 }),
    });
    const { inputs, warnings } = written(
      2 ** 33 + 5,
      declares({ max: 2 ** 32 - 1 }),
      graph,
      '20.value',
    );
    expect(inputs('20')).toEqual({ value: 5 });
    expect(warnings[0]!.message).toMatch(
      /^Node 20 \(PrimitiveInt\)\.value takes seeds from 0 to 4294967295;/,
    );
  });
});

describe('numbers that the graph holds as text', () => {
  const graph = textToImage({
    '3': graphNode('KSampler', { ...sampler, seed: '%seed%' }),
    '5': graphNode('EmptyLatentImage', { width: '512', height: ' 640', batch_size: '1' }),
    '20': graphNode('Sizes', { side: '512' }),
  });
  const given = { width: 768, height: 832, count: 2, seed: 11 };

  it('are written as the class declares them', () => {
    const Sizes = {
      input: { required: { side: [['512', '768']] } },
      output: ['INT'],
      output_node: true,
    };
    const catalogue = { ...coreCatalogue, Sizes };
    const slots = { width: at('5.width', '20.side') };
    const { inputs, workflow } = bind(graph, given, slots, { catalogue });
    expect(inputs('5')).toEqual({ width: 768, height: 832, batch_size: 2 });
    expect(inputs('3')['seed']).toBe(11);
    expect(inputs('20')).toEqual({ side: '768' });
    const models = { checkpoints: ['base.safetensors'] };
    expect(validateWorkflow(workflow, catalogue, { models }).safe).toBe(true);
  });

  it('stay text where the class is not known, and a placeholder becomes a number', () => {
    const { inputs } = bind(graph, given);
    expect(inputs('5')).toEqual({ width: '768', height: '832', batch_size: '2' });
    expect(inputs('3')['seed']).toBe(11);
  });
});

describe('several sizes', () => {
  const sized = (inputs: Workflow[string]['inputs'], latent = { width: 1024, height: 768 }) =>
    textToImage({
      '5': graphNode('EmptyLatentImage', { ...latent, batch_size: 1 }),
      '20': graphNode('Encode', inputs),
    });
  const slots = {
    width: at('5.width', '20.width', '20.target_width'),
    height: at('5.height', '20.height', '20.target_height'),
  };

  it('follow the picture where they were its own, or the same times as large', () => {
    const graph = sized({ width: 4096, height: 3072, target_width: 1024, target_height: 768 });
    const { inputs, codes } = bind(graph, { width: 832, height: 1216 }, slots);
    expect(inputs('20')).toEqual({
      width: 3328,
      height: 4864,
      target_width: 832,
      target_height: 1216,
    });
    expect(codes).toEqual([]);
  });

  it('stay where they were of another shape, aloud', () => {
    const graph = sized({ width: 2048, height: 2048, target_width: 512, target_height: 384 });
    const { inputs, warnings } = bind(graph, { width: 832, height: 1216 }, slots);
    expect(inputs('20')).toEqual({
      width: 2048,
      height: 2048,
      target_width: 416,
      target_height: 608,
    });
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['size-kept', "Node 20 (Encode).width stays 2048: it did not follow the picture's width."],
      ['size-kept', "Node 20 (Encode).height stays 2048: it did not follow the picture's height."],
    ]);
  });

  it('keep their own side where only the other one is asked for', () => {
    const graph = sized({ width: 2048, height: 1536, target_width: 1024, target_height: 768 });
    const { inputs } = bind(graph, { width: 512 }, slots);
    expect(inputs('5')).toMatchObject({ width: 512, height: 768 });
    expect(inputs('20')).toEqual({
      width: 1024,
      height: 1536,
      target_width: 512,
      target_height: 768,
    });
  });

  it('are within what each class takes', () => {
    const catalogue: NodeCatalogue = {
      ...coreCatalogue,
      Encode: { input: { required: { width: ['INT', { min: 64, max: 4096, step: 64 }] } } },
    };
    const graph = sized({ width: 4096 });
    const wide = { width: at('5.width', '20.width'), height: [] };
    expect(bind(graph, { width: 2048 }, wide, { catalogue }).inputs('20')).toEqual({ width: 4096 });
    expect(bind(graph, { width: 1000 }, wide, { catalogue }).inputs('20')).toEqual({ width: 4032 });
    const odd = { width: at('20.width'), height: [] };
    const { inputs, codes } = bind(graph, { width: 1000 }, odd, { catalogue });
    expect([inputs('20')['width'], codes]).toEqual([1024, ['size-rounded']]);
    expect(() => bind(graph, { width: 32 }, odd, { catalogue })).toThrow(/from 64 to 4096 pixels/);
  });
});

describe('a batch', () => {
  const batch = (batch_size: number, nodes: Workflow = {}) =>
    textToImage({
      '5': graphNode('EmptyLatentImage', { width: 512, height: 512, batch_size }),
      ...nodes,
    });
  const film = { '20': graphNode('Save Film', { images: ['8', 0], frame_rate: 8 }) };

  it('stays where no count is asked for, aloud where it has several', () => {
    const { inputs, warnings } = bind(batch(4), {});
    expect(inputs('5')['batch_size']).toBe(4);
    expect(warnings).toEqual([
      { code: 'count-kept', message: expect.stringContaining('batch of 4') },
    ]);
    expect(bind(batch(1), {}).codes).toEqual([]);
  });

  it('is the count where one is asked for', () => {
    const { inputs, codes } = bind(batch(4), { count: 1 });
    expect([inputs('5')['batch_size'], codes]).toEqual([1, []]);
  });

  it('of pictures is no film for a look of old films', () => {
    const grain = { '20': graphNode('FilmGrain', { images: ['8', 0], strength: 1 }) };
    expect(bind(batch(4, grain), { count: 2 }).inputs('5')['batch_size']).toBe(2);
  });

  it.each<[string, Workflow]>([
    ['a film saver', film],
    ['a flip book', { '20': graphNode('Flip Book', { pages: ['8', 0], page_frames: 2 }) }],
    ['a motion model', { '20': graphNode('LoadMotionModel', { model_name: 'x' }) }],
    ['an animation', { '9': graphNode('SaveAnimatedWEBP', { images: ['8', 0], fps: 6 }) }],
  ])('of frames stays, whatever is asked for: %s', (_name, nodes) => {
    const { inputs, codes } = bind(batch(16, nodes), { count: 2 });
    expect([inputs('5')['batch_size'], codes]).toEqual([16, ['count-kept']]);
  });
});
