import { describe, expect, it } from 'vitest';
import { graphNode, textToImage } from '../../test/graphs.ts';
import { checkFlow } from '../library/check-flow.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { Inventory } from '../spec/index.ts';
import { coreCatalogue } from './catalogue.ts';
import { saveWebsocketImages } from './sanitize.ts';

const sends = graphNode('SaveImageWebsocket', { images: ['8', 0] });

describe('saveWebsocketImages', () => {
  it('leaves other graphs as they are', () => {
    const graph = textToImage();
    expect(saveWebsocketImages(graph, 'comfygen-x')).toEqual([]);
    expect(graph).toEqual(textToImage());
  });

  it('saves what would only be sent, under the given name', () => {
    const graph = textToImage({ '9': { ...sends, _meta: { title: 'Out' } } });
    expect(saveWebsocketImages(graph, 'comfygen-x')).toMatchObject([
      { code: 'websocket-saved', details: { nodes: ['9'] } },
    ]);
    expect(graph['9']).toEqual({
      class_type: 'SaveImage',
      inputs: { images: ['8', 0], filename_prefix: 'comfygen-x' },
      _meta: { title: 'Out' },
    });
  });

  it('saves no picture twice', () => {
    const graph = textToImage({ '10': sends });
    expect(saveWebsocketImages(graph, 'comfygen-x')).toHaveLength(1);
    expect(graph).toEqual(textToImage());
  });
});

describe('a flow with SaveImageWebsocket', () => {
  const flow = defineFlow({ id: 'sends', workflow: textToImage({ '9': sends }) });

  it('needs no such class of the server', () => {
    const { SaveImageWebsocket: _, ...without } = coreCatalogue;
    const inventory = (catalogue: Inventory['catalogue']): Inventory => ({
      ...{ catalogue, models: {}, source: 'a server' },
    });
    expect(checkFlow(flow, { inventory: inventory(without) }).missing.classes).toEqual([]);
    const { SaveImage: __, ...neither } = without;
    expect(checkFlow(flow, { inventory: inventory(neither) }).missing.classes).toEqual([
      'SaveImage',
    ]);
  });
});
