import { describe, expect, it } from 'vitest';
import { graphNode, textToImage } from '../../test/graphs.ts';
import type { NodeCatalogue } from '../spec/index.ts';
import { coreCatalogue } from './catalogue.ts';
import { respellNames } from './respell.ts';

const catalogue: NodeCatalogue = {
  ...coreCatalogue,
  Frames: {
    input: { required: { model: [['moves\\slow.ckpt', 'fast.ckpt']], note: ['STRING'] } },
    python_module: 'custom_nodes.frames',
  },
};
const models = { checkpoints: ['base\\xl.safetensors'], loras: ['ink/a.safetensors', 'b.pt'] };

describe('respellNames', () => {
  it('writes what a class lists, and files in undeclared inputs, as the server has them', () => {
    const graph = textToImage({
      '4': graphNode('CheckpointLoaderSimple', { ckpt_name: 'base/xl.safetensors' }),
      '20': graphNode('Frames', {
        model: 'moves/slow.ckpt',
        note: 'ink\\a.safetensors',
        lora_1: { on: true, file: 'ink\\a.safetensors' },
        pair: ['4', 0],
      }),
    });
    const warnings = respellNames(graph, { catalogue, models });
    expect(graph['4']!.inputs).toEqual({ ckpt_name: 'base\\xl.safetensors' });
    expect(graph['20']!.inputs).toEqual({
      model: 'moves\\slow.ckpt',
      note: 'ink\\a.safetensors',
      lora_1: { on: true, file: 'ink/a.safetensors' },
      pair: ['4', 0],
    });
    expect(warnings.map(({ code }) => code)).toEqual(Array(3).fill('name-respelled'));
    expect(warnings[0]!.message).toContain('"base/xl.safetensors" was written as "base\\xl');
  });

  it('leaves what is listed already, and what is listed in no spelling', () => {
    const graph = textToImage({
      '4': graphNode('CheckpointLoaderSimple', { ckpt_name: 'base\\xl.safetensors' }),
      '20': graphNode('Frames', { model: 'moves/none.ckpt', note: '' }),
    });
    const before = structuredClone(graph);
    expect(respellNames(graph, { catalogue, models })).toEqual([]);
    expect(graph).toEqual(before);
  });

  it('knows core’s loaders without a catalogue', () => {
    const graph = textToImage({
      '4': graphNode('CheckpointLoaderSimple', { ckpt_name: 'base/xl.safetensors' }),
    });
    expect(respellNames(graph, { catalogue: null, models })).toHaveLength(1);
    expect(graph['4']!.inputs).toEqual({ ckpt_name: 'base\\xl.safetensors' });
  });
});
