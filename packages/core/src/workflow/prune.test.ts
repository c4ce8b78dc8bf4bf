import { describe, expect, it } from 'vitest';
import { coreCatalogue } from './catalogue.ts';
import { findOutputNodes } from './output-nodes.ts';
import { pruneWorkflow } from './prune.ts';
import { graphNode, textToImage } from './test-graphs.ts';

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
