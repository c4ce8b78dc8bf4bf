import { describe, expect, it } from 'vitest';
import { graphNode } from '../../../test/graphs.ts';
import type { InputValue, NodeCatalogue } from '../../spec/index.ts';
import { validateWorkflow } from './validate-workflow.ts';

const bits = { bit_depth: ['COMBO', { options: ['8-bit', '16-bit'] }] };
const classes: NodeCatalogue = {
  EmptyImage: { input: { required: {} }, output: ['IMAGE'] },
  Save: {
    input: {
      required: {
        format: [
          'COMFY_DYNAMICCOMBO_V3',
          {
            options: [
              { key: 'png', inputs: { required: bits } },
              { key: 'exr', inputs: {} },
            ],
          },
        ],
      },
    },
    output_node: true,
  },
  Batch: {
    input: {
      required: {
        images: [
          'COMFY_AUTOGROW_V3',
          {
            template: {
              input: { required: { image: ['IMAGE', {}] } },
              prefix: 'image',
              min: 2,
              max: 4,
            },
          },
        ],
      },
    },
    output: ['IMAGE'],
    output_node: true,
  },
  Format: {
    input: {
      required: {
        values: [
          'COMFY_AUTOGROW_V3',
          { template: { input: { required: { value: ['*', {}] } }, names: ['a', 'b'], min: 0 } },
        ],
      },
    },
    output: ['STRING'],
    output_node: true,
  },
  Switch: {
    input: { required: { value: ['COMFY_MATCHTYPE_V3', { template: { template_id: 't' } }] } },
    output: ['COMFY_MATCHTYPE_V3'],
    output_node: true,
  },
};

const catalogue: NodeCatalogue = Object.fromEntries(
  Object.entries(classes).map(([name, info]) => [name, { ...info, python_module: 'nodes' }]),
);

function check(class_type: string, inputs: Record<string, InputValue>) {
  const graph = { '1': graphNode('EmptyImage', {}), '2': graphNode(class_type, inputs) };
  const { serverAccepts, issues } = validateWorkflow(graph, catalogue);
  const found = issues
    .filter(({ nodeId }) => nodeId === '2')
    .map(({ code, input }) => `${code} ${input}`);
  return [serverAccepts, ...found];
}

describe('a dynamic list', () => {
  it('declares the inputs of the chosen option', () => {
    expect(check('Save', { format: 'png', 'format.bit_depth': '8-bit' })).toEqual(['yes']);
    expect(check('Save', { format: 'png' })).toEqual(['no', 'missing-input format.bit_depth']);
    expect(check('Save', { format: 'png', 'format.bit_depth': '9' })).toEqual([
      'no',
      'not-in-list format.bit_depth',
    ]);
    expect(check('Save', { format: 'exr', 'format.bit_depth': '8-bit' })).toEqual([
      'yes',
      'undeclared-input format.bit_depth',
    ]);
  });

  it('without one of its keys is accepted, and fails when it runs', () => {
    expect(check('Save', { format: 'gif' })).toEqual(['yes', 'unknown-option format']);
    expect(check('Save', {})).toEqual(['yes', 'unknown-option format']);
    expect(check('Save', { format: ['1', 0] })).toEqual(['yes', 'unknown-option format']);
  });
});

describe('a growing group', () => {
  const image: InputValue = ['1', 0];

  it('takes its members by number, the first ones required', () => {
    expect(check('Batch', { 'images.image0': image, 'images.image1': image })).toEqual(['yes']);
    expect(check('Batch', { 'images.image0': image, 'images.image3': image })).toEqual([
      'no',
      'missing-input images.image1',
    ]);
    expect(
      check('Batch', { 'images.image0': image, 'images.image1': image, 'images.image4': image }),
    ).toEqual(['yes', 'undeclared-input images.image4']);
    expect(
      check('Batch', { images: image, 'images.image0': image, 'images.image1': image }),
    ).toEqual(['yes', 'undeclared-input images']);
  });

  it('takes its members by name', () => {
    expect(check('Format', { 'values.a': 'x', 'values.b': image })).toEqual(['yes']);
    expect(check('Format', { 'values.c': 'x' })).toEqual(['yes', 'undeclared-input values.c']);
  });
});

describe('a matched type', () => {
  it('takes any output, as the server does', () => {
    expect(check('Switch', { value: ['1', 0] })).toEqual(['yes']);
  });
});
