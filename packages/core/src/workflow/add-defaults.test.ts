import { describe, expect, it } from 'vitest';
import { graphNode } from '../../test/graphs.ts';
import type { NodeCatalogue } from '../spec/index.ts';
import { addDefaults } from './add-defaults.ts';
import { coreCatalogue } from './catalogue.ts';
import { validateWorkflow } from './validate/validate-workflow.ts';

const catalogue: NodeCatalogue = {
  ...coreCatalogue,
  Blend: {
    input: {
      required: {
        image: ['IMAGE'],
        how: [['over', 'under']],
        amount: ['FLOAT', { default: 0.5, min: 0, max: 1 }],
        times: ['INT', { min: 1 }],
        words: ['STRING', {}],
        overlay: [['frame.png', 'other.png']],
        kept: ['INT', { default: 1 }],
        fed: ['FLOAT', { default: 1, forceInput: true }],
        shape: [
          'COMFY_DYNAMICCOMBO_V3',
          {
            options: [
              { key: 'round', inputs: { required: { radius: ['INT', { default: 4 }] } } },
              { key: 'flat', inputs: {} },
            ],
          },
        ],
      },
      optional: { more: ['INT', { default: 9 }] },
    },
    python_module: 'custom_nodes.blend',
  },
};

describe('addDefaults', () => {
  it('gives what a class requires and declares a default or a list for, and says each', () => {
    const graph = { '1': graphNode('Blend', { kept: 7 }) };
    const warnings = addDefaults(graph, catalogue);
    expect(graph['1'].inputs).toEqual({
      kept: 7,
      how: 'over',
      amount: 0.5,
      shape: 'round',
      'shape.radius': 4,
    });
    expect(warnings.map(({ code }) => code)).toEqual(Array(4).fill('input-defaulted'));
    expect(warnings[0]!.message).toContain('Node 1 (Blend).how');
    expect(addDefaults(graph, catalogue)).toEqual([]);
  });

  it('makes a graph of an older ComfyUI one that today’s takes', () => {
    const graph = {
      '1': graphNode('UNETLoader', { unet_name: 'a.safetensors' }),
      '2': graphNode('PreviewAny', { source: ['1', 0] }),
    };
    const options = { ignoreModelFiles: true };
    expect(validateWorkflow(graph, coreCatalogue, options).serverAccepts).toBe('no');
    addDefaults(graph, coreCatalogue);
    expect(validateWorkflow(graph, coreCatalogue, options).serverAccepts).toBe('yes');
  });

  it('chooses no model, and knows nothing of classes that the server lacks', () => {
    const graph = {
      '1': graphNode('CheckpointLoaderSimple', {}),
      '2': graphNode('Nobody knows', {}),
    };
    const before = structuredClone(graph);
    expect(addDefaults(graph, catalogue)).toEqual([]);
    expect(graph).toEqual(before);
  });
});
