import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyGraph, graphNode, textToImage } from '../../test/graphs.ts';
import type { NodeCatalogue, WorkflowNode } from '../spec/index.ts';
import { coreCatalogue } from './catalogue.ts';
import { sanitizeWorkflow } from './sanitize.ts';
import { validateWorkflow } from './validate/validate-workflow.ts';

const sampler = textToImage()['3']!.inputs;
const titled = (nodes: Record<string, WorkflowNode> = {}) => {
  const all = Object.entries(textToImage(nodes));
  return Object.fromEntries(
    all.map(([id, one]) => [id, { ...one, _meta: { title: one.class_type } }]),
  );
};
const clean = (graph: Record<string, unknown>) => sanitizeWorkflow(graph, coreCatalogue);
const codes = (graph: Record<string, unknown>) =>
  clean(graph).changes.map(({ code, nodeId, input }) => [code, nodeId, input]);

describe('sanitizeWorkflow', () => {
  it('leaves a clean graph as it is, and copies it', () => {
    const graph = titled();
    const { workflow, changes } = clean(graph);
    expect(workflow).toEqual(graph);
    expect(workflow['3']!.inputs).not.toBe(graph['3']!.inputs);
    expect(changes).toEqual([]);
  });

  it('drops links in inputs that a class does not declare, and leaves literals there', () => {
    const more = { bogus: ['99', 0], loop: ['3', 0], note: 'x', sizes: [1, 2, 3] } as const;
    const graph = titled({
      '3': graphNode('KSampler', { ...sampler, ...structuredClone(more) } as never),
    });
    expect(codes(graph)).toEqual([
      ['link-dropped', '3', 'bogus'],
      ['input-dropped', '3', 'loop'],
    ]);
    expect(clean(graph).workflow['3']!.inputs).toEqual({ ...sampler, note: 'x', sizes: [1, 2, 3] });
  });

  it('leaves what a class of a node pack takes and gives beyond its declaration', () => {
    const catalogue: NodeCatalogue = {
      ...coreCatalogue,
      Stack: {
        input: { optional: { model: ['MODEL'] } },
        output: ['MODEL'],
        python_module: 'custom_nodes.a-pack',
      },
    };
    const graph = titled({
      '3': graphNode('KSampler', { ...sampler, model: ['20', 3] }),
      '20': graphNode('Stack', {
        model: ['4', 0],
        part_1: { on: true, file: 'a' },
        more: ['4', 1],
        wide: [64, 64],
      }),
    });
    expect(sanitizeWorkflow(graph, catalogue)).toEqual({ workflow: graph, changes: [] });
    const lost = titled({
      '3': graphNode('KSampler', { ...sampler, model: ['20', -4] }),
      '20': graphNode('Stack', { more: ['98', 0] }),
    });
    expect(sanitizeWorkflow(lost, catalogue).changes.map(({ code }) => code)).toEqual([
      'link-dropped',
      'link-dropped',
      'orphan-dropped',
    ]);
  });

  it('drops nodes that lead to no output, but keeps classes that it does not know', () => {
    const loader = graphNode('CheckpointLoaderSimple', { ckpt_name: 'x' });
    expect(codes(titled({ '20': loader }))).toEqual([['orphan-dropped', '20', undefined]]);
    const kept = titled({ '20': loader, '21': graphNode('MySave', { model: ['20', 0] }) });
    expect(codes(kept)).toEqual([]);
  });

  it('counts outputs from the start, and drops links to none', () => {
    const graph = titled({
      '8': graphNode('VAEDecode', { samples: ['3', -1], vae: ['4', 9] }),
      '6': graphNode('CLIPTextEncode', { text: 'a', clip: ['4', 1, 2] }),
    });
    expect(codes(graph)).toEqual([
      ['link-dropped', '6', 'clip'],
      ['slot-corrected', '8', 'samples'],
      ['link-dropped', '8', 'vae'],
    ]);
    expect(clean(graph).workflow['8']!.inputs).toEqual({ samples: ['3', 0] });
  });

  it('gives every node inputs and a title, and drops what is no node', () => {
    const graph = {
      ...titled(),
      '4': { class_type: 'CheckpointLoaderSimple', is_changed: [1] },
      extra_data: { client: 1 },
    };
    expect(codes(graph)).toEqual([
      ['key-dropped', '4', undefined],
      ['inputs-added', '4', undefined],
      ['title-added', '4', undefined],
      ['node-dropped', 'extra_data', undefined],
    ]);
  });

  it('makes what could wedge a server safe', () => {
    const graph = titled({
      '20': graphNode('VAEDecode', { samples: ['3', 0] }),
      '9': graphNode('SaveImage', { ...textToImage()['9']!.inputs, bogus: ['99', 0] }),
    });
    const models = { checkpoints: ['base.safetensors'] };
    expect(validateWorkflow(graph, coreCatalogue, { models }).safe).toBe(false);
    expect(validateWorkflow(clean(graph).workflow, coreCatalogue, { models })).toEqual({
      serverAccepts: 'yes',
      safe: true,
      issues: [],
    });
  });

  it('opens inputs that hang on others only where those are there', () => {
    const slot = ['COMFY_DYNAMICSLOT_V3', { inputs: { required: { size: ['INT', {}] } } }];
    const catalogue: NodeCatalogue = {
      Grow: {
        input: { optional: { image: slot } },
        output: ['INT'],
        output_node: true,
        python_module: 'nodes',
      },
    };
    const graph = {
      '1': graphNode('Grow', { image: ['9', 0], 'image.size': ['2', 0] }),
      '2': graphNode('Grow', {}),
    };
    const once = sanitizeWorkflow(graph, catalogue);
    expect(once.workflow['1']!.inputs).toEqual({});
    expect(sanitizeWorkflow(once.workflow, catalogue).changes).toEqual([]);
  });

  it('changes nothing the second time', () => {
    const broken = fc.oneof(
      anyGraph,
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc
        .tuple(anyGraph, fc.dictionary(fc.nat(40).map(String), fc.jsonValue()))
        .map(([graph, extra]) => ({ ...graph, ...extra })),
    );
    fc.assert(
      fc.property(broken, (graph) => {
        const before = structuredClone(graph);
        const once = clean(graph);
        expect(graph).toEqual(before);
        expect(clean(once.workflow)).toEqual({ workflow: once.workflow, changes: [] });
      }),
      { numRuns: 500 },
    );
  });
});
