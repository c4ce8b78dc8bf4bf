import { describe, expect, it } from 'vitest';
import { coreCatalogue } from './catalogue.ts';
import { openGraph } from './open-graph.ts';
import { parseGraph, parseWorkflow } from './read.ts';

const graph = {
  '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'x' } },
};
const drawn = {
  nodes: [{ id: 1, type: 'EmptyImage', widgets_values: [8, 8, 1, 0], inputs: [], outputs: [] }],
  links: [],
};

describe('a graph inside something else', () => {
  it.each<[string, unknown]>([
    ['the body of POST /prompt', { prompt: graph, client_id: 'a' }],
    ['the input of a worker', { input: { workflow: graph, images: [{ name: 'a' }] } }],
    ['a workflow beside settings', { id: 7, workflow: graph, timeout: 30 }],
    ['text in an input', { version: 'v', input: { workflow_json: JSON.stringify(graph) } }],
    ['a history entry', { 'f00-1': { prompt: [1, 'f00-1', graph, {}, ['2']], outputs: {} } }],
    ['a list', [{ name: 'a', api: graph }]],
    ['both formats', { workflow: drawn, output: graph }],
    ['the editor’s file in the same request', { prompt: graph, extra_data: { x: drawn } }],
    ['the same graph twice', { prompt: graph, copy: JSON.parse(JSON.stringify(graph)) as object }],
  ])('is read from %s', (_, value) => {
    expect(parseWorkflow(value as object)).toEqual(graph);
    expect(parseWorkflow(JSON.stringify(value))).toEqual(graph);
  });

  it('is said, with the way to it', () => {
    const { warnings } = openGraph({ input: { workflow: graph } });
    expect(warnings).toEqual([
      {
        code: 'graph-unwrapped',
        message:
          'The workflow is what stands under input.workflow; what stands beside it was not read.',
        details: { path: 'input.workflow' },
      },
    ]);
    expect(openGraph(graph).warnings).toEqual([]);
  });

  it('keeps its own nodes, whatever their names', () => {
    const odd = { prompt: { class_type: 'PreviewImage', inputs: {} }, input: graph['2'] };
    expect(parseGraph(odd)).toBe(odd);
  });

  it('is refused where there are several', () => {
    const other = { ...graph, '3': graph['2'] };
    expect(() => parseGraph({ a: graph, b: { c: 1 }, d: other })).toThrow(
      'It holds 2 different workflows (a, d); give one of them.',
    );
  });

  it('is not looked for without end', () => {
    const deep = Array.from({ length: 9 }).reduce<object>((inner) => ({ inner }), graph);
    expect(() => parseWorkflow(deep)).toThrow(
      'This is no workflow: none of inner has a class_type.',
    );
  });
});

describe('comments', () => {
  it.each(['_comment', '__note', '#', '//', '$schema', 'my-tool'])(
    'of the name %s are left out',
    (key) => {
      for (const value of ['harbour', { text: 'harbour' }, 1, null]) {
        const { graph: nodes, warnings } = openGraph({ [key]: value, ...graph });
        expect(nodes).toEqual(graph);
        expect(warnings).toMatchObject([{ code: 'comment-skipped', details: { entry: key } }]);
      }
    },
  );

  it('are told from nodes by what they hold, and from damaged nodes', () => {
    const named = { ...graph, _save: graph['2'] };
    expect(parseWorkflow(named)).toEqual(named);
    expect(() => parseWorkflow({ ...graph, '3': 'harbour' })).toThrow('Node 3 is "harbour"');
    const halfNode = { inputs: { images: ['1', 0] } };
    expect(() => parseWorkflow({ ...graph, save: halfNode })).toThrow(
      'Node save has no class_type',
    );
  });
});

describe('a file in UI format', () => {
  it('is converted with a catalogue, from inside a request too, and said so', () => {
    for (const value of [drawn, { input: { workflow: drawn } }, { w: JSON.stringify(drawn) }]) {
      expect(openGraph(value, coreCatalogue)).toMatchObject({
        converted: true,
        graph: { '1': { class_type: 'EmptyImage', inputs: { width: 8 } } },
      });
      expect(() => openGraph(value)).toThrow('comfygen workflow convert');
    }
  });

  it('stands behind API format where there are both', () => {
    expect(openGraph({ drawn, run: graph }, coreCatalogue)).toMatchObject({
      converted: false,
      graph,
    });
  });
});
