import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyGraph, customSampling, graphNode, textToImage } from '../../../test/graphs.ts';
import type { Workflow } from '../../spec/index.ts';
import { hashWorkflow } from '../write.ts';
import { diffWorkflows, formatDiff } from './diff-workflows.ts';

const sampler = textToImage()['3']!.inputs;
const lines = (before: Workflow, after: Workflow) => formatDiff(diffWorkflows(before, after));

describe('diffWorkflows', () => {
  it('names what changed, by node and input', () => {
    const after = textToImage({
      '3': graphNode('KSampler', { ...sampler, cfg: 5, seed: 2n ** 64n - 1n }),
      '6': graphNode('CLIPTextEncode', { text: 'a fox', clip: ['4', 1] }),
    });
    expect(lines(textToImage(), after)).toEqual([
      '~ 3 KSampler',
      '    cfg: 7.5 → 5',
      '    seed: 5 → 18446744073709551615',
      '~ 6 CLIPTextEncode',
      '    text: "a house" → "a fox"',
    ]);
  });

  it('tells prompt from negative prompt when both change and move', () => {
    const after = textToImage({
      '3': graphNode('KSampler', { ...sampler, positive: ['7', 0], negative: ['6', 0] }),
      '7': graphNode('CLIPTextEncode', { text: 'a fox', clip: ['4', 1] }),
      '6': graphNode('CLIPTextEncode', { text: 'noisy', clip: ['4', 1] }),
    });
    expect(lines(textToImage(), after)).toEqual([
      '~ 6 CLIPTextEncode → 7',
      '    text: "a house" → "a fox"',
      '~ 7 CLIPTextEncode → 6',
      '    text: "blurry" → "noisy"',
    ]);
  });

  it('names nodes that were added, removed and replaced', () => {
    const after = textToImage({
      '3': graphNode('KSamplerAdvanced', { ...sampler }),
      '20': { ...graphNode('LoraLoader', { lora_name: 'a' }), _meta: { title: 'Style' } },
    });
    const diff = diffWorkflows(textToImage(), after);
    expect(diff.removed.map(({ classType }) => classType)).toEqual(['KSampler']);
    expect(formatDiff(diff)).toEqual([
      '- 3 KSampler',
      '+ 3 KSamplerAdvanced',
      '+ 20 LoraLoader "Style"',
    ]);
    expect(lines(textToImage(), customSampling()).length).toBeGreaterThan(5);
  });

  it('says where a link leads, and shortens long texts', () => {
    const after = textToImage({
      '6': graphNode('CLIPTextEncode', { text: 'x'.repeat(500), clip: ['4', 0], extra: 1 }),
    });
    const text = lines(textToImage(), after).join('\n');
    expect(text).toContain('clip: output 1 of node 4 → output 0 of node 4');
    expect(text).toContain('extra: (none) → 1');
    expect(text).toContain('xxx...');
    expect(text.length).toBeLessThan(400);
  });

  it('finds no difference in renumbered nodes, reordered keys and new titles', () => {
    const graph = textToImage();
    const text = JSON.stringify(graph).replaceAll(/"([3-9])"/g, '"n:$1"');
    const renumbered = Object.fromEntries(Object.entries(JSON.parse(text)).reverse()) as Workflow;
    renumbered['n:3']!._meta = { title: 'Other' };
    expect(lines(graph, renumbered)).toEqual(['No difference.']);
  });

  it('is empty exactly where the hashes are equal', () => {
    fc.assert(
      fc.property(anyGraph, anyGraph, (before, after) => {
        for (const [a, b] of [
          [before, after],
          [before, before],
        ] as const) {
          const { removed, added, changed } = diffWorkflows(a, b);
          const isEmpty = removed.length + added.length + changed.length === 0;
          expect(isEmpty).toBe(hashWorkflow(a) === hashWorkflow(b));
        }
      }),
    );
  });
});
