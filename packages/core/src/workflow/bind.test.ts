import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyGraph, graphNode, textToImage } from '../../test/graphs.ts';
import type { Brief, Workflow } from '../spec/index.ts';
import { bindWorkflow } from './bind.ts';
import { findSlots } from './slots/find-slots.ts';

function brief(given: Partial<Brief> = {}): Brief {
  const parts = { subjects: ['a fox', 'a hen'], relation: null, count: 1, scene: 'snow' };
  return { prompt: 'a fox', seed: 7, count: 1, parts, limits: {}, options: {}, ...given } as Brief;
}
const bind = (graph: Workflow, one: Brief) => bindWorkflow(graph, findSlots(graph), one);

describe('bindWorkflow', () => {
  it('fills the slots and nothing else, in a new object', () => {
    const graph = textToImage();
    const before = structuredClone(graph);
    const { workflow, outputNodes, warnings } = bind(
      graph,
      brief({ negative: 'dark', width: 640, height: 768, count: 2 }),
    );
    expect(graph).toEqual(before);
    const expected = structuredClone(before);
    expected['3']!.inputs['seed'] = 7;
    expected['5']!.inputs = { width: 640, height: 768, batch_size: 2 };
    expected['6']!.inputs['text'] = 'a fox';
    expected['7']!.inputs['text'] = 'dark';
    expect(workflow).toEqual(expected);
    expect({ outputNodes, warnings }).toEqual({ outputNodes: ['9'], warnings: [] });
  });

  it('leaves size and negative prompt as they are where the brief says nothing', () => {
    const { workflow } = bind(textToImage(), brief());
    expect(workflow['5']).toEqual(textToImage()['5']);
    expect(workflow['7']).toEqual(textToImage()['7']);
  });

  it('carries seeds up to 2^64 − 1', () => {
    const { workflow } = bind(textToImage(), brief({ seed: 2n ** 64n - 1n }));
    expect(workflow['3']!.inputs['seed']).toBe(2n ** 64n - 1n);
  });

  it('takes the flow’s defaults where the brief is silent, the brief where it is not', () => {
    const graph = textToImage();
    const defaults = { negative: 'grain', width: 768, height: 768 };
    const options = { defaults, batchSize: 3, filenamePrefix: 'comfygen-x' };
    const { workflow } = bindWorkflow(graph, findSlots(graph), brief({ width: 512 }), options);
    expect(workflow['5']!.inputs).toEqual({ width: 512, height: 768, batch_size: 3 });
    expect(workflow['7']!.inputs['text']).toBe('grain');
    expect(workflow['9']!.inputs['filename_prefix']).toBe('comfygen-x');
  });

  it('fills templates, and refuses one for two subjects where the prompt has one', () => {
    const slots = {
      ...findSlots(textToImage()),
      prompt: [{ node: '6', input: 'text', template: '{first}, {second}, {scene}, oil {x}' }],
    };
    const { workflow } = bindWorkflow(textToImage(), slots, brief());
    expect(workflow['6']!.inputs['text']).toBe('a fox, a hen, snow, oil {x}');
    const parts = { subjects: ['a fox'], relation: null, count: 1, scene: '' };
    expect(() => bindWorkflow(textToImage(), slots, brief({ parts }))).toThrow(/two subjects/);
  });

  it('leaves no stray comma where a token stands for nothing', () => {
    const prompt = [{ node: '6', input: 'text', template: '{scene}, {object}, {scene}' }];
    const parts = { subjects: ['a fox'], relation: null, count: 1, scene: '' };
    const slots = { ...findSlots(textToImage()), prompt };
    const { workflow } = bindWorkflow(textToImage(), slots, brief({ parts }));
    expect(workflow['6']!.inputs['text']).toBe('a fox');
  });

  it('says what the graph has no input for', () => {
    const bare = { prompt: [{ node: '6', input: 'text' }] };
    const none = { negative: [], seed: [], width: [], height: [], batchSize: [] };
    const wanted = brief({ negative: 'x', width: 64, height: 64, count: 2 });
    const { warnings } = bindWorkflow(textToImage(), { ...bare, ...none }, wanted);
    expect(warnings.map(({ code }) => code)).toEqual([
      'negative-ignored',
      'seed-ignored',
      'size-ignored',
      'count-ignored',
    ]);
  });

  it('rounds a size once, to what every node of the graph holds', () => {
    const graph = textToImage({
      '5': graphNode('EmptySD3LatentImage', { width: 1024, height: 1024, batch_size: 1 }),
      '20': graphNode('ModelSamplingFlux', { model: ['4', 0], width: 1024, height: 1024 }),
    });
    const { workflow, warnings } = bind(graph, brief({ width: 1000, height: 1008 }));
    expect(workflow['5']!.inputs).toMatchObject({ width: 1008, height: 1008 });
    expect(workflow['20']!.inputs).toMatchObject({ width: 1008, height: 1008 });
    expect(warnings).toEqual([
      { code: 'size-rounded', message: expect.stringMatching(/width 1000 .* 1008.* 16\./) },
    ]);
  });

  it.each([0, 8, 512.5, 16_392, Number.NaN])('refuses a width of %d', (width) => {
    expect(() => bind(textToImage(), brief({ width }))).toThrow(/width must be a whole number/);
  });

  it('refuses a graph without a prompt, and slots that it does not have', () => {
    const slots = findSlots(textToImage());
    const refuse = (prompt: typeof slots.prompt) => () =>
      bindWorkflow(textToImage(), { ...slots, prompt }, brief());
    expect(refuse([])).toThrow(/takes the prompt/);
    expect(refuse([{ node: '99', input: 'text' }])).toThrow(/text of node 99/);
    expect(refuse([{ node: '6', input: 'words' }])).toThrow(/words of node 6/);
    expect(refuse([{ node: 'toString', input: 'text' }])).toThrow(/node toString/);
  });

  it('never changes an input that no slot names', () => {
    fc.assert(
      fc.property(anyGraph, fc.string({ minLength: 1 }), (nodes, prompt) => {
        const graph = { ...nodes, ...textToImage() };
        const slots = findSlots(graph);
        const before = structuredClone(graph);
        const one = brief({ prompt, negative: 'n', width: 512, height: 512, count: 2 });
        const { workflow } = bindWorkflow(graph, slots, one);
        expect(graph).toEqual(before);
        const filled = new Set(
          Object.values(slots)
            .flat()
            .map(({ node, input }) => `${node}.${input}`),
        );
        expect(Object.keys(workflow)).toEqual(Object.keys(graph));
        for (const [id, { class_type, inputs }] of Object.entries(graph)) {
          expect(workflow[id]!.class_type).toBe(class_type);
          expect(Object.keys(workflow[id]!.inputs)).toEqual(Object.keys(inputs));
          for (const [name, value] of Object.entries(inputs)) {
            if (!filled.has(`${id}.${name}`)) expect(workflow[id]!.inputs[name]).toEqual(value);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
