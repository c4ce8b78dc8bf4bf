import { deflateSync } from 'node:zlib';
import { createCallContext, type Workflow } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import type { EmbeddedOptions } from '../src/index.ts';
import { defineNode, encodeRgbPng } from '../src/nodes/index.ts';
import { textToImage } from './support/graphs.ts';
import { createExecutor, runToEnd, submit, watchToEnd } from './support/run-plan.ts';
import { createTwoColourLibrary } from './support/two-colour-library.ts';

const ctx = createCallContext();

/** The usual graph with nodes in a row, each of which is given the last one twice. */
function doubled(
  count: number,
  node: string,
  classType: string,
  [a, b]: readonly [string, string],
  use: readonly [string, string],
): Workflow {
  const graph = textToImage();
  let last = node;
  for (let i = 0; i < count; i++) {
    graph[`d${i}`] = { class_type: classType, inputs: { [a]: [last, 0], [b]: [last, 0] } };
    last = `d${i}`;
  }
  graph[use[0]]!.inputs[use[1]] = [last, 0];
  return graph;
}

const save = (image: string): Workflow => ({
  show: { class_type: 'PreviewImage', inputs: { images: [image, 0] } },
});
const empty = (id: string, side: number, batch_size = 1): Workflow => ({
  [id]: { class_type: 'EmptyImage', inputs: { width: side, height: side, batch_size, color: 0 } },
});

describe('a graph above a limit', () => {
  it.each<[string, Workflow, string]>([
    [
      'conditions that double',
      doubled(
        20,
        'positive',
        'ConditioningCombine',
        ['conditioning_1', 'conditioning_2'],
        ['sampler', 'positive'],
      ),
      'maxConditions',
    ],
    [
      'tokens that double',
      doubled(
        40,
        'positive',
        'ConditioningConcat',
        ['conditioning_to', 'conditioning_from'],
        ['sampler', 'positive'],
      ),
      'maxBytes',
    ],
    ['a batch of pictures', { ...empty('a', 2048, 2), ...save('a') }, 'maxPixels'],
    [
      'pictures that are needed at once',
      {
        ...Object.fromEntries(
          Array.from(
            { length: 5 },
            (_, i) => Object.entries(empty(`a${i}`, 2048))[0] as [string, Workflow[string]],
          ),
        ),
        ...Object.fromEntries(
          Array.from({ length: 5 }, (_, i) => [`s${i}`, save(`a${i}`)['show'] as Workflow[string]]),
        ),
      },
      'maxBytes',
    ],
  ])(
    'is refused where it grows too large, by the option that allows it: %s',
    async (_, graph, option) => {
      const uses: string[] = [];
      const models = createTwoColourLibrary((use) => uses.push(use));
      const { snapshot } = await runToEnd(createExecutor({ models, cacheBytes: 0 }), graph);
      expect(snapshot.failure).toMatchObject({
        code: 'INVALID_WORKFLOW',
        message: expect.stringContaining(`embedded({ ${option} })`),
        nodeId: expect.any(String),
      });
      expect(uses).not.toContain('denoise');
    },
  );

  it.each<[EmbeddedOptions, string]>([
    [{ maxNodes: 3 }, 'maxNodes'],
    [{ maxTextLength: 4 }, 'maxTextLength'],
  ])('is refused before anything is loaded, with %j', async (options, name) => {
    const uses: string[] = [];
    const models = createTwoColourLibrary((use) => uses.push(use));
    await expect(
      submit(createExecutor({ ...options, models }), textToImage()),
    ).rejects.toMatchObject({
      code: 'INVALID_WORKFLOW',
      message: expect.stringContaining(`embedded({ ${name} })`),
    });
    expect(uses).toEqual([]);
  });

  it('runs where the option allows it', async () => {
    const graph = { ...empty('a', 64, 2), ...save('a') };
    const refused = await runToEnd(createExecutor({ maxPixels: 8191 }), graph);
    expect(refused.snapshot.state).toBe('failed');
    const allowed = await runToEnd(createExecutor({ maxPixels: 8192 }), graph);
    expect(allowed.snapshot.state).toBe('succeeded');
  });

  it('holds only what is still needed', async () => {
    const graph: Workflow = empty('i0', 512);
    for (let i = 1; i < 12; i++) {
      graph[`i${i}`] = { class_type: 'ImageInvert', inputs: { image: [`i${i - 1}`, 0] } };
    }
    Object.assign(graph, save('i11'));
    // Two pictures of 3 MiB, and the file.
    const executor = createExecutor({ maxBytes: 7 * 2 ** 20, cacheBytes: 0 });
    expect((await runToEnd(executor, graph)).snapshot.state).toBe('succeeded');
  });
});

describe('LoadImage', () => {
  const load = { load: { class_type: 'LoadImage', inputs: { image: 'in.png' } }, ...save('load') };
  const small = encodeRgbPng(8, 8, new Uint8Array(8 * 8 * 3));
  /** A picture of 8 × 8 whose header says otherwise, with some data behind it. */
  const lying = (width: number, height: number, data: Uint8Array = new Uint8Array(0)) => {
    const bytes = Buffer.from(small);
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    if (data.length === 0) return bytes;
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write('IDAT', 4, 'latin1');
    return Buffer.concat([bytes.subarray(0, 33), head, data, Buffer.alloc(4), bytes.subarray(-12)]);
  };

  it.each<[string, Uint8Array, object]>([
    [
      'a size above the limit',
      lying(20_000, 20_000),
      { code: 'INVALID_WORKFLOW', message: expect.stringContaining('maxPixels') },
    ],
    ['less data than its size says', lying(2000, 2000), { code: 'UNSUPPORTED_FORMAT' }],
    ['a bomb', lying(8, 8, deflateSync(Buffer.alloc(1e7))), { code: 'UNSUPPORTED_FORMAT' }],
  ])('refuses %s', async (_, bytes, failure) => {
    const executor = createExecutor();
    await executor.upload!({ name: 'in.png', bytes, mediaType: 'image/png' }, ctx);
    const { snapshot } = await runToEnd(executor, load);
    expect(snapshot.failure).toMatchObject({ ...failure, nodeId: 'load' });
  });

  it('keeps the uploads that were used last', async () => {
    const executor = createExecutor({ maxUploadBytes: 2 * small.length });
    for (const name of ['a.png', 'b.png', 'c.png']) {
      await executor.upload!({ name, bytes: small, mediaType: 'image/png' }, ctx);
    }
    const { catalogue } = await executor.inventory!(ctx);
    expect(catalogue?.['LoadImage']?.input?.required?.['image']).toMatchObject([
      ['b.png', 'c.png'],
      {},
    ]);
    const large = { name: 'd.png', bytes: Buffer.alloc(3 * small.length), mediaType: 'image/png' };
    await expect(executor.upload!(large, ctx)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  });
});

describe('a node that works in slices', () => {
  it('lets an abort through before it is done', async () => {
    const slices: number[] = [];
    const slow = defineNode<object>({
      classType: 'Slow',
      outputNode: true,
      inputs: { required: {} },
      outputs: [],
      *run() {
        for (let i = 0; i < 1000; i++) {
          const start = performance.now();
          while (performance.now() - start < 3);
          slices.push(i);
          yield;
        }
        return [];
      },
    });
    const executor = createExecutor({ nodes: [slow] });
    const ref = await submit(executor, { slow: { class_type: 'Slow', inputs: {} } });
    const ended = watchToEnd(executor, ref);
    expect(await executor.cancel!(ref, ctx)).toMatchObject({ state: 'canceled' });
    await ended;
    expect(slices.length).toBeLessThan(30);
  });
});
