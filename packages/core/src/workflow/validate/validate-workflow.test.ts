import { describe, expect, it } from 'vitest';
import { graphNode, textToImage } from '../../../test/graphs.ts';
import type { InputValue, NodeCatalogue, Workflow } from '../../spec/index.ts';
import { coreCatalogue } from '../catalogue.ts';
import type { ValidateOptions } from './types.ts';
import { validateWorkflow } from './validate-workflow.ts';

const options: ValidateOptions = { models: { checkpoints: ['base.safetensors'] } };
const sampler = textToImage()['3']!.inputs;
const save = textToImage()['9']!;

function check(workflow: unknown, given = options, catalogue: NodeCatalogue = coreCatalogue) {
  const { serverAccepts, safe, issues } = validateWorkflow(workflow, catalogue, given);
  const found = issues.map(({ code, nodeId, input }) =>
    [code, nodeId, input].filter((part) => part !== undefined).join(' '),
  );
  return { serverAccepts, safe, found };
}
const withSampler = (inputs: Record<string, InputValue>) =>
  check(textToImage({ '3': graphNode('KSampler', { ...sampler, ...inputs }) }));

const GOOD = { serverAccepts: 'yes', safe: true, found: [] };
const refused = (...found: string[]) => ({ serverAccepts: 'no', safe: false, found });
const unsafe = (...found: string[]) => ({ serverAccepts: 'yes', safe: false, found });

describe('a good graph', () => {
  it('is accepted and safe', () => expect(check(textToImage())).toEqual(GOOD));

  it('may carry the largest seed', () => {
    expect(withSampler({ seed: 2n ** 64n - 1n })).toEqual(GOOD);
    expect(withSampler({ seed: 2n ** 64n })).toEqual(refused('above-max 3 seed'));
  });
});

describe('what is no graph', () => {
  it.each([null, 5, 'text', [], undefined])('%j', (value) => {
    expect(check(value)).toEqual(refused('not-a-workflow'));
  });

  it('is UI format, no node, no class, odd inputs, or makes nothing', () => {
    expect(check({ nodes: [], links: [] })).toEqual(refused('ui-format'));
    expect(check({ '1': 5 })).toEqual(refused('bad-node 1'));
    expect(check({ '1': { inputs: {} } })).toEqual(refused('bad-node 1'));
    expect(check({ '1': { class_type: 'SaveImage', inputs: [] } })).toEqual(refused('bad-node 1'));
    expect(check({})).toEqual(refused('no-outputs'));
  });
});

describe('classes', () => {
  it('that a server lacks make it refuse the whole graph', () => {
    const graph = textToImage({ '20': graphNode('Mystery', {}), '21': graphNode('toString', {}) });
    expect(check(graph)).toEqual(refused('missing-node 20', 'missing-node 21'));
  });

  it('that an incomplete catalogue lacks may be the outputs', () => {
    const graph = textToImage({ '9': graphNode('Save Film', { images: ['8', 0] }) });
    const { serverAccepts, safe, found } = check(graph, { ...options, complete: false });
    expect({ serverAccepts, safe, found }).toEqual({
      serverAccepts: 'unknown',
      safe: true,
      found: ['missing-node 9'],
    });
  });

  it('that an incomplete catalogue lacks leave the answer open', () => {
    const graph = textToImage({ '20': graphNode('Mystery', { images: ['8', 0], x: 1 }) });
    expect(check(graph, { ...options, complete: false })).toEqual({
      serverAccepts: 'unknown',
      safe: true,
      found: ['missing-node 20'],
    });
  });
});

describe('links', () => {
  const decode = (inputs: Record<string, InputValue>) =>
    check(textToImage({ '8': graphNode('VAEDecode', { vae: ['4', 2], ...inputs }) }));

  it.each([
    [['99', 0], 'bad-link 8 samples'],
    [[3, 0], 'bad-link 8 samples'],
    [['3', 7], 'bad-link 8 samples'],
    [['3', -2], 'bad-link 8 samples'],
    [['3', 0.5], 'bad-link 8 samples'],
    [['3', '0'], 'bad-link 8 samples'],
    [['3', 0, 0], 'bad-link 8 samples'],
    [[], 'bad-link 8 samples'],
    [['4', 0], 'type-mismatch 8 samples'],
  ])('%j are refused', (link, found) => {
    const verdict = decode({ samples: link as InputValue });
    // What fed the node is then orphaned, which is said below.
    expect(verdict).toEqual(refused(found, ...verdict.found.slice(1)));
  });

  it('that are missing are refused', () => {
    expect(decode({}).found[0]).toBe('missing-input 8 samples');
    expect(decode({}).serverAccepts).toBe('no');
  });

  it('counted from the end are accepted and not safe', () => {
    expect(decode({ samples: ['3', -1] })).toEqual(unsafe('negative-slot 8 samples'));
  });

  it('in a circle are refused, also where the circle is undeclared not safe', () => {
    const upscale = (samples: InputValue) =>
      graphNode('LatentUpscaleBy', { samples, upscale_method: 'area', scale_by: 1.5 });
    const circle = textToImage({
      '8': graphNode('VAEDecode', { samples: ['20', 0], vae: ['4', 2] }),
      '20': upscale(['21', 0]),
      '21': upscale(['20', 0]),
    });
    expect(check(circle)).toMatchObject({ serverAccepts: 'no', safe: false });
    expect(check(circle).found).toEqual(expect.arrayContaining(['cycle 20', 'cycle 21']));
    expect(withSampler({ bogus: ['8', 0] })).toMatchObject({ serverAccepts: 'yes', safe: false });
  });
});

describe('literals', () => {
  it.each([
    [{ steps: 'many' }, 'invalid-value 3 steps'],
    [{ steps: '6.5' }, 'invalid-value 3 steps'],
    [{ steps: null }, 'invalid-value 3 steps'],
    [{ cfg: {} }, 'invalid-value 3 cfg'],
    [{ steps: 0 }, 'below-min 3 steps'],
    [{ steps: '10001' }, 'coerced 3 steps'],
    [{ denoise: 1.01 }, 'above-max 3 denoise'],
    [{ sampler_name: 'eular' }, 'not-in-list 3 sampler_name'],
    [{ scheduler: 7 }, 'not-in-list 3 scheduler'],
  ])('%j are refused', (inputs, first) => {
    const { serverAccepts, safe, found } = withSampler(inputs as Record<string, InputValue>);
    expect({ serverAccepts, safe }).toEqual({ serverAccepts: 'no', safe: false });
    expect(found[0]).toBe(first);
  });

  it.each([
    [{ steps: '20' }, ['coerced 3 steps']],
    [{ steps: 20.9 }, ['coerced 3 steps']],
    [{ cfg: '1e1' }, ['coerced 3 cfg']],
    [{ cfg: true }, ['coerced 3 cfg']],
  ])('%j are read as Python reads them, with a warning', (inputs, found) => {
    expect(withSampler(inputs)).toEqual({ serverAccepts: 'yes', safe: true, found });
  });

  it('in the place of a link are accepted and fail when the node runs', () => {
    expect(withSampler({ model: 'base' })).toEqual(unsafe('literal-for-socket 3 model'));
  });

  it('of "false" are true to the server', () => {
    const graph = textToImage({
      '3': graphNode('SamplerCustom', {
        ...{ model: ['4', 0], positive: ['6', 0], negative: ['7', 0], latent_image: ['5', 0] },
        ...{ add_noise: 'false', noise_seed: 0, cfg: 7, sampler: ['20', 0], sigmas: ['21', 0] },
      } as Workflow[string]['inputs']),
      '20': graphNode('KSamplerSelect', { sampler_name: 'euler' }),
      '21': graphNode('KarrasScheduler', { steps: 9, sigma_max: 14, sigma_min: 0.03, rho: 7 }),
    });
    expect(check(graph)).toEqual(unsafe('coerced 3 add_noise'));
  });
});

describe('model files', () => {
  const graph = textToImage({
    '4': graphNode('CheckpointLoaderSimple', { ckpt_name: 'other.safetensors' }),
  });

  it('are held against the files that are there', () => {
    expect(check(graph)).toEqual(refused('missing-model 4 ckpt_name'));
  });

  it('may be left out of the verdicts', () => {
    const { serverAccepts, safe, found } = check(graph, { ignoreModelFiles: true });
    expect({ serverAccepts, safe, found }).toEqual({
      ...GOOD,
      found: ['missing-model 4 ckpt_name'],
    });
  });

  it('are taken from the catalogue’s own list where none is given, in either spelling', () => {
    for (const type of [[['other.safetensors']], ['COMBO', { options: ['other.safetensors'] }]]) {
      const loader = {
        ...coreCatalogue['CheckpointLoaderSimple'],
        input: { required: { ckpt_name: type } },
      };
      const catalogue = { ...coreCatalogue, CheckpointLoaderSimple: loader };
      expect(check(graph, {}, catalogue)).toEqual(GOOD);
      expect(check(textToImage(), {}, catalogue)).toEqual(refused('missing-model 4 ckpt_name'));
    }
  });
});

describe('what the server overlooks', () => {
  it('is not safe: undeclared links, nodes without inputs', () => {
    expect(withSampler({ bogus: ['5', 0] })).toEqual(unsafe('undeclared-input 3 bogus'));
    const bare = { ...textToImage(), '20': { class_type: 'VAEDecode' } };
    expect(check(bare)).toEqual(unsafe('no-inputs 20', 'orphan-node 20'));
    expect(check({ ...textToImage(), '8': { class_type: 'VAEDecode' } })).toMatchObject({
      serverAccepts: 'no',
    });
  });
});

describe('what is no fault', () => {
  it('is a node that leads to no output, whatever its inputs say', () => {
    const found = ['orphan-node 20'];
    for (const value of [1, 'many', ['98', 0]] as InputValue[])
      expect(check(textToImage({ '20': graphNode('PrimitiveInt', { value }) }))).toEqual({
        ...GOOD,
        found,
      });
    const lost = { '1': graphNode('PrimitiveInt', { value: 'many' }) };
    expect(check(lost).found).toContain('invalid-value 1 value');
  });

  it('is a literal that the server ignores', () => {
    const found = ['undeclared-input 3 bogus'];
    for (const bogus of ['image', 1, null, { a: 1 }, [1, 2, 3]])
      expect(withSampler({ bogus })).toEqual({ ...GOOD, found });
  });

  const pack = { input: { optional: { any: ['*'] } }, output: ['MODEL'], output_node: true };
  const packed = (
    inputs: Record<string, InputValue>,
    output = 0,
    origin = 'custom_nodes.a-pack',
  ) => {
    const catalogue = { ...coreCatalogue, Stack: { ...pack, python_module: origin } };
    const graph = textToImage({
      '3': graphNode('KSampler', { ...sampler, model: ['20', output] }),
      '20': graphNode('Stack', inputs),
    });
    return check(graph, options, catalogue);
  };

  it('is what a class of a node pack takes beyond its declaration', () => {
    const found = ['not-checked 20 more'];
    expect(packed({ more: 'x' })).toEqual({ ...GOOD, found });
    expect(packed({ more: ['4', 0] })).toEqual({ ...GOOD, found });
    expect(packed({ more: ['4', 0] }, 0, 'comfy_extras.more')).toEqual(
      unsafe('undeclared-input 20 more'),
    );
  });

  it('but a link of it that fails when it runs is one', () => {
    expect(packed({ more: ['98', 0] })).toEqual(unsafe('not-checked 20 more', 'bad-link 20 more'));
    expect(packed({ more: ['20', 0] })).toEqual(unsafe('not-checked 20 more', 'cycle 20'));
  });

  it('is an output of such a class beyond those that it declares', () => {
    const found = ['not-checked 3 model'];
    expect(packed({}, 4)).toEqual({ serverAccepts: 'unknown', safe: true, found });
    expect(packed({}, 4, 'nodes').found).toContain('bad-link 3 model');
  });
});

describe('several outputs', () => {
  const second = (inputs: Record<string, InputValue>) => graphNode('SaveImage', inputs);

  it('are partly accepted where one of them is bad', () => {
    const graph = textToImage({ '20': second({ filename_prefix: 'x' }) });
    expect(check(graph)).toEqual({
      serverAccepts: 'partly',
      safe: false,
      found: ['missing-input 20 images'],
    });
  });

  it('are refused where all are', () => {
    const graph = textToImage({ '9': second({}), '20': second({ filename_prefix: 'x' }) });
    expect(check(graph).serverAccepts).toBe('no');
  });
});

describe('classes with a validator of their own', () => {
  const load = (image: string) => ({
    '1': graphNode('LoadImage', { image }),
    '9': graphNode('SaveImage', { ...save.inputs, images: ['1', 0] }),
  });

  it('leave the answer to the server', () => {
    expect(check(load('cat.png'))).toEqual({
      serverAccepts: 'unknown',
      safe: true,
      found: ['custom-validator 1 image'],
    });
  });

  it('may come with community classes: their lists and ranges are then not the last word', () => {
    const info = {
      input: { required: { size: ['INT', { min: 1, max: 4 }] as unknown, mode: [['a', 'b']] } },
      output: ['IMAGE'],
    };
    const graph = {
      '1': graphNode('Custom', { size: 9, mode: 'c' }),
      '9': graphNode('SaveImage', { ...save.inputs, images: ['1', 0] }),
    };
    const verdict = (python_module: string) =>
      check(graph, {}, { ...coreCatalogue, Custom: { ...info, python_module } }).serverAccepts;
    expect(verdict('nodes')).toBe('no');
    expect(verdict('custom_nodes.pack')).toBe('unknown');
  });
});

describe('both spellings of a list', () => {
  it.each([
    ['old', [['a', 'b', 3]]],
    ['new', ['COMBO', { options: ['a', 'b', 3] }]],
  ])('%s', (_name, mode) => {
    const catalogue: NodeCatalogue = {
      Out: { input: { required: { mode } }, output: [], output_node: true },
    };
    const verdict = (value: InputValue) =>
      check({ '1': graphNode('Out', { mode: value }) }, {}, catalogue);
    expect(verdict('a')).toEqual(GOOD);
    expect(verdict(3)).toEqual(GOOD);
    expect(verdict('c')).toEqual(refused('not-in-list 1 mode'));
  });

  it('with options that have settings of their own: they go by their first entry', () => {
    const mode = [['a', ['b', [['size', 'INT', { default: 1 }]]]]];
    const info = { input: { required: { mode } }, output: [], output_node: true };
    const catalogue = { Out: { ...info, python_module: 'custom_nodes.films' } };
    const verdict = (value: InputValue) =>
      check({ '1': graphNode('Out', { mode: value }) }, {}, catalogue);
    expect(verdict('a')).toEqual(GOOD);
    expect(verdict('b')).toEqual(GOOD);
    const unknown = { serverAccepts: 'unknown', safe: true, found: ['custom-validator 1 mode'] };
    expect(verdict('c')).toEqual(unknown);
  });

  it('checks every choice of a list that takes several', () => {
    const mode = ['COMBO', { options: ['a', 'b'], multiselect: true }];
    const catalogue: NodeCatalogue = {
      Out: { input: { required: { mode } }, output: [], output_node: true },
    };
    const verdict = (value: InputValue) =>
      check({ '1': graphNode('Out', { mode: value }) }, {}, catalogue);
    expect(verdict({ __value__: ['a', 'b'] })).toEqual(GOOD);
    expect(verdict({ __value__: ['a', 'z'] })).toEqual(refused('not-in-list 1 mode'));
    expect(verdict(['a', 'b'])).toEqual(refused('bad-link 1 mode'));
  });
});
