import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphNode, textToImage } from '../../test/graphs.ts';
import { coreCatalogue } from './catalogue.ts';
import { compareIds, findOutputNodes, isLink, pruneWorkflow } from './graph.ts';

describe('isLink', () => {
  it.each([
    [['4', 0], true],
    [['4', -1], true],
    [[4, 0], false],
    [['4'], false],
    [['4', '0'], false],
    [['4', 0, 1], false],
    ['4', false],
    [null, false],
  ])('%j: %s', (value, expected) => expect(isLink(value)).toBe(expected));
});

describe('compareIds', () => {
  it('puts numbers by value before words, and nodes of a subgraph behind it', () => {
    const ids = ['b', '57:13', '10', '57', '9', '57:2', 'a'];
    expect(ids.sort(compareIds)).toEqual(['9', '10', '57', '57:2', '57:13', 'a', 'b']);
  });

  it('gives one order, whatever it starts from', () => {
    const id = fc.oneof(fc.nat(99).map(String), fc.stringMatching(/^[0-9:a]{0,6}$/));
    fc.assert(
      fc.property(fc.uniqueArray(id), fc.func(fc.nat()), (ids, rank) => {
        const shuffled = [...ids].sort((a, b) => rank(a) - rank(b));
        expect(shuffled.sort(compareIds)).toEqual([...ids].sort(compareIds));
      }),
    );
  });
});

const stray = {
  '20': graphNode('LatentUpscale', { samples: ['3', 0] }),
  '21': graphNode('VAEDecode', { samples: ['20', 0], vae: ['4', 2] }),
};

describe('pruneWorkflow', () => {
  it('drops what leads to no output, and touches nothing', () => {
    const graph = textToImage(stray);
    expect(pruneWorkflow(graph)).toEqual(textToImage());
    expect(graph).toEqual(textToImage(stray));
  });

  it('leaves a graph without outputs whole', () => {
    expect(pruneWorkflow(stray)).toEqual(stray);
  });

  it('takes from a catalogue which classes are outputs', () => {
    const graph = textToImage({ '9': graphNode('MySave', { images: ['8', 0] }), ...stray });
    expect(pruneWorkflow(graph, { ...coreCatalogue, MySave: { output_node: true } })).toEqual(
      textToImage({ '9': graph['9']! }),
    );
  });
});

describe('findOutputNodes', () => {
  it('lists them in the order of their ids', () => {
    const preview = graphNode('PreviewImage', { images: ['8', 0] });
    expect(findOutputNodes(textToImage({ '10': preview, '2': preview }))).toEqual(['2', '9', '10']);
    expect(findOutputNodes(textToImage(), { SaveImage: {} })).toEqual([]);
  });
});
