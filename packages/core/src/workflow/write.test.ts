import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyGraph, graphNode, textToImage } from '../../test/graphs.ts';
import type { InputValue, Workflow } from '../spec/index.ts';
import { isLink } from './graph.ts';
import { parseWorkflow } from './read.ts';
import { findSlots } from './slots/find-slots.ts';
import { hashWorkflow } from './write.ts';

/** The graph with every id changed, and its nodes and inputs in another order. */
function renamed(workflow: Workflow): Workflow {
  const value = (one: InputValue): InputValue => (isLink(one) ? [`new-${one[0]}`, one[1]] : one);
  const nodes = Object.entries(workflow).map(([id, { class_type, inputs }]) => {
    const turned = Object.entries(inputs).reverse();
    return [
      `new-${id}`,
      { inputs: Object.fromEntries(turned.map(([k, v]) => [k, value(v)])), class_type },
    ];
  });
  return Object.fromEntries(nodes.reverse());
}

const hash = hashWorkflow(textToImage());
const sampler = textToImage()['3']!.inputs;

describe('hashWorkflow', () => {
  it('is stable: stored records name it', () => {
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(
      hashWorkflow({ '1': graphNode('A', { b: 1, a: ['2', 0] }), '2': graphNode('B', {}) }),
    ).toBe('sha256:b91a677b347b8cb9afd15a3593e02a8e41b4bad8b7ccc1c7f65977839937606f');
  });

  it('does not see ids, key order and titles', () => {
    expect(hashWorkflow(renamed(textToImage()))).toBe(hash);
    const titled = textToImage();
    titled['3']!._meta = { title: 'My sampler' };
    expect(hashWorkflow(titled)).toBe(hash);
    fc.assert(
      fc.property(anyGraph, (graph) => {
        expect(hashWorkflow(renamed(graph))).toBe(hashWorkflow(graph));
      }),
    );
  });

  it('sees every value, class, link and output', () => {
    const others = [
      textToImage({ '3': graphNode('KSampler', { ...sampler, cfg: 7.4 }) }),
      textToImage({ '3': graphNode('KSampler', { ...sampler, seed: 2n ** 64n - 1n }) }),
      textToImage({ '3': graphNode('KSampler2', sampler) }),
      textToImage({
        '3': graphNode('KSampler', { ...sampler, positive: ['7', 0], negative: ['6', 0] }),
      }),
      textToImage({ '3': graphNode('KSampler', { ...sampler, model: ['4', 1] }) }),
      textToImage({ '20': graphNode('SaveImage', { images: ['8', 0] }) }),
    ];
    expect(new Set([hash, ...others.map((one) => hashWorkflow(one))]).size).toBe(7);
  });

  it('tells a shared node from two equal ones', () => {
    const twice = textToImage({
      '20': graphNode('CheckpointLoaderSimple', { ckpt_name: 'base.safetensors' }),
      '7': graphNode('CLIPTextEncode', { text: 'blurry', clip: ['20', 1] }),
    });
    expect(hashWorkflow(twice)).not.toBe(hash);
  });

  it('takes a number and a bigint of one value for the same', () => {
    const big = textToImage({ '3': graphNode('KSampler', { ...sampler, seed: 5n }) });
    expect(hashWorkflow(big)).toBe(hash);
  });

  it('leaves the slots out where it is asked to', () => {
    const graph = textToImage();
    const other = textToImage({
      '3': graphNode('KSampler', { ...sampler, seed: 99 }),
      '5': graphNode('EmptyLatentImage', { width: 768, height: 640, batch_size: 4 }),
      '6': graphNode('CLIPTextEncode', { text: 'a fox', clip: ['4', 1] }),
    });
    const flowHash = (one: Workflow) => hashWorkflow(one, { without: findSlots(one) });
    expect(flowHash(graph)).toBe(flowHash(other));
    expect(flowHash(graph)).not.toBe(hash);
    const steps = textToImage({ '3': graphNode('KSampler', { ...sampler, steps: 8 }) });
    expect(flowHash(steps)).not.toBe(flowHash(graph));
  });

  it('refuses circles', () => {
    const circle = {
      '1': graphNode('A', { in: ['2', 0] }),
      '2': graphNode('B', { in: ['1', 0] }),
    };
    expect(() => hashWorkflow(circle)).toThrow(/node 1 run in a circle/);
  });

  it('is fast for a long chain and for a graph whose paths double at every node', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => [
      String(index),
      graphNode('A', index === 0 ? {} : { a: [String(index - 1), 0], b: [String(index - 1), 1] }),
    ]);
    expect(hashWorkflow(parseWorkflow(Object.fromEntries(chain)))).toMatch(/^sha256:/);
  });
});
