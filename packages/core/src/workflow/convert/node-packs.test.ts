import { describe, expect, it } from 'vitest';
import { draw, save } from '../../../test/convert/canvas.ts';
import type { NodeCatalogue } from '../../spec/index.ts';
import { convertWorkflow } from './convert-workflow.ts';

const catalogue: NodeCatalogue = {
  // An output that always runs, so that a node with an open input can be looked at.
  Clock: { input: {}, output: [], output_node: true, python_module: 'nodes' },
  Source: { input: {}, output: ['IMAGE', 'INT'], display_name: 'A Source', python_module: 'nodes' },
  Loose: {
    input: { required: { count: ['INT', { default: 1 }] }, optional: {} },
    output: ['IMAGE'],
    python_module: 'custom_nodes.loose',
  },
  'Power Lora Loader (rgthree)': {
    input: { required: {}, optional: {} },
    output: ['MODEL', 'CLIP'],
    python_module: 'custom_nodes.rgthree-comfy',
  },
  Paid: {
    input: {
      required: {
        lucky: ['INT', { default: 0 }],
        mode: [['fast', 'slow']],
        luckier: ['INT', { default: 0 }],
        behaviour: [['fixed', 'free']],
        tags: ['COMBO', { options: ['a', 'b', 'c'], multiselect: true }],
      },
      optional: { forced: ['INT', { forceInput: true }] },
    },
    output: [],
    output_node: true,
    python_module: 'nodes',
  },
  Picked: {
    input: {
      required: { file: [['a', 'b'], { control_after_generate: true }], note: ['STRING', {}] },
    },
    output: [],
    python_module: 'nodes',
  },
  Painted: {
    input: {
      required: { brush: ['BRUSH', {}], depth: ['DEPTH', { default: 3 }], size: ['INT', {}] },
    },
    output: [],
    python_module: 'custom_nodes.paint',
  },
};

const one = (type: string, values: unknown, more: Parameters<typeof draw>[2] = {}) => {
  const { workflow, warnings } = convertWorkflow(
    save({ nodes: [draw(1, type, { values, ...more }), draw(2, 'Clock')], wires: [] }),
    catalogue,
  );
  return { inputs: workflow['1']!.inputs, warnings: warnings.map(({ code }) => code) };
};

describe('classes outside the core', () => {
  it('keep inputs that only their script knows, and say so', () => {
    const { workflow, warnings } = convertWorkflow(
      save({
        nodes: [
          draw(1, 'Source', { outputs: ['IMAGE', 'INT'] }),
          draw(2, 'Loose', { values: [2] }),
        ],
        wires: ['1.0 > 2.any_01', '1.1 > 2.count!'],
      }),
      catalogue,
    );
    expect(workflow['2']).toEqual({
      class_type: 'Loose',
      inputs: { count: ['1', 1], any_01: ['1', 0] },
      _meta: { title: 'Loose' },
    });
    expect(warnings).toEqual([
      {
        code: 'undeclared-input',
        message: 'Node 2 (Loose).any_01: the class declares no such input; it was kept.',
        details: { nodeId: '2', input: 'any_01' },
      },
    ]);
  });

  it('keep named values that only their script knows, besides previews', () => {
    const values = { count: 4, crf: 19, videopreview: { hidden: false } };
    expect(one('Loose', values)).toEqual({
      inputs: { count: 4, crf: 19 },
      warnings: ['undeclared-input'],
    });
    expect(one('Source', { crf: 19 })).toEqual({ inputs: {}, warnings: ['input-dropped'] });
  });

  it('lose listed values that no widget claims, and say so', () => {
    expect(one('Loose', [4, { lora: 'x' }, '', null])).toEqual({
      inputs: { count: 4 },
      warnings: ['value-dropped'],
    });
  });

  it('are known where a pack stacks its LoRAs', () => {
    const lora = (file: string) => ({ on: true, lora: file, strength: 0.8, strengthTwo: null });
    const listed = [{}, { type: 'Header' }, lora('a.safetensors'), lora('b.safetensors'), {}, ''];
    const { inputs } = one('Power Lora Loader (rgthree)', listed);
    expect(inputs).toEqual({ lora_1: lora('a.safetensors'), lora_2: lora('b.safetensors') });
  });

  it('may have a control value behind a number that is not called a seed', () => {
    expect(one('Paid', [5, 'randomize', 'slow', 6, 'fixed', ['a', 'c']])).toEqual({
      inputs: {
        lucky: 5,
        mode: 'slow',
        luckier: 6,
        behaviour: 'fixed',
        tags: { __value__: ['a', 'c'] },
      },
      warnings: [],
    });
  });

  it('may have a control value and a filter behind a list', () => {
    const expected = { inputs: { file: 'b', note: 'hello' }, warnings: [] };
    expect(one('Picked', ['b', 'increment-wrap', '', 'hello'])).toEqual(expected);
    expect(one('Picked', ['b', 'hello'])).toEqual(expected);
  });

  it('may have widgets of their own types, told by a default or by the file', () => {
    expect(one('Painted', [7, 8]).inputs).toEqual({ depth: 7, size: 8 });
    const drawn = one('Painted', ['round', 7, 8], { inputs: ['brush!:BRUSH'] });
    expect(drawn).toEqual({ inputs: { brush: 'round', depth: 7, size: 8 }, warnings: [] });
    expect(one('Painted', [null, 7, 8], { inputs: ['brush!:BRUSH'] }).warnings).toEqual([
      'value-missing',
    ]);
  });

  it('get a warning for a value that does not fit', () => {
    expect(one('Loose', ['many'])).toEqual({
      inputs: { count: 'many' },
      warnings: ['value-mismatch'],
    });
  });
});

describe('a title', () => {
  it('is the file’s, else the class’s', () => {
    const title = (more: Parameters<typeof draw>[2]) =>
      convertWorkflow(save({ nodes: [draw(1, 'Source', more)], wires: [] }), catalogue).workflow[
        '1'
      ]!._meta;
    expect(title({ title: 'Mine' })).toEqual({ title: 'Mine' });
    expect(title({})).toEqual({ title: 'A Source' });
  });
});

describe('a link', () => {
  it('that is not in the file is said', () => {
    const ui = save({ nodes: [draw(1, 'Loose', { values: [1], inputs: ['x:IMAGE'] })], wires: [] });
    (ui['nodes'] as { inputs: { link: number }[] }[])[0]!.inputs[0]!.link = 77;
    const { workflow, warnings } = convertWorkflow(ui, catalogue);
    expect(workflow['1']!.inputs).toEqual({ count: 1 });
    expect(warnings[0]).toMatchObject({ code: 'link-dropped' });
    expect(warnings[0]!.message).toContain('link 77 is not in the file');
  });

  it('written as an object is read in a file of version 0.4 too, and a file may lie under "workflow"', () => {
    const drawing = {
      nodes: [draw(1, 'Source', { outputs: ['IMAGE'] }), draw(2, 'Loose', { values: [1] })],
      wires: ['1.0 > 2.x'],
    };
    const { links } = save(drawing, 1);
    const mixed = { workflow: { ...save(drawing), links } };
    expect(convertWorkflow(mixed, catalogue)).toEqual(convertWorkflow(save(drawing), catalogue));
  });
});
