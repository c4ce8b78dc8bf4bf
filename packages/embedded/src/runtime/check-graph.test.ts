import { ComfygenError, type Workflow } from 'comfygen/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coreNodes } from '../nodes/core-nodes.ts';
import { checkGraph } from './check-graph.ts';
import { createNodeRegistry } from './node-registry.ts';

const registry = createNodeRegistry(coreNodes);
const check = (graph: unknown) => checkGraph(graph as Workflow, registry, () => ['a.safetensors']);

const classType = fc.constantFrom('SaveImage', 'EmptyImage', 'ImageInvert', 'KSampler', 'Nothing');
const value = fc.oneof(fc.jsonValue(), fc.tuple(fc.constantFrom('1', '2', '3'), fc.nat(3)));
const name = fc.constantFrom('images', 'image', 'width', 'height', 'batch_size', 'color', 'seed');
const node = fc.oneof(
  fc.record({ class_type: classType, inputs: fc.dictionary(name, value) }),
  fc.jsonValue(),
);

describe('checkGraph', () => {
  it('takes any graph or refuses it with an error of ours', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('1', '2', '3'), node), (graph) => {
        try {
          expect(check(graph).nodes.length).toBeGreaterThan(0);
        } catch (error) {
          expect(ComfygenError.is(error) && error.code).toMatch(/^(MISSING|INVALID)_/);
        }
      }),
    );
  });

  it('orders a long chain, and a node that many others need', () => {
    const graph: Workflow = {
      first: {
        class_type: 'EmptyImage',
        inputs: { width: 8, height: 8, batch_size: 1, color: 0 },
      },
    };
    let last = 'first';
    for (let i = 0; i < 300; i++) {
      graph[`n${i}`] = {
        class_type: 'ImageBatch',
        inputs: { image1: [last, 0], image2: ['first', 0] },
      };
      last = `n${i}`;
    }
    graph['save'] = {
      class_type: 'SaveImage',
      inputs: { images: [last, 0], filename_prefix: 'x' },
    };
    const ids = check(graph).nodes.map(({ id }) => id);
    expect(ids).toEqual(['first', ...Array.from({ length: 300 }, (_, i) => `n${i}`), 'save']);
  });
});
