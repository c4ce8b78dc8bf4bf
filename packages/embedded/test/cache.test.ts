import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeRgbPng } from '../src/nodes/index.ts';
import { textToImage } from './support/graphs.ts';
import { createExecutor, runToEnd } from './support/run-plan.ts';

describe('results kept between jobs', () => {
  it('answers a graph that ran before, but for its output nodes', async () => {
    const executor = createExecutor();
    const first = await runToEnd(executor, textToImage());
    const second = await runToEnd(executor, textToImage());
    expect(first.snapshot.cachedNodes).toEqual([]);
    expect(second.snapshot.cachedNodes?.sort()).toEqual(
      Object.keys(textToImage())
        .filter((id) => id !== 'save')
        .sort(),
    );
    expect(second.files[0]?.bytes).toEqual(first.files[0]?.bytes);
  });

  it('runs only the sampler and what follows where the seed is another', async () => {
    const executor = createExecutor();
    await runToEnd(executor, textToImage());
    const { snapshot } = await runToEnd(executor, textToImage({ sampler: { seed: 8 } }));
    expect(snapshot.cachedNodes?.sort()).toEqual(['latent', 'loader', 'negative', 'positive']);
  });

  it('does not depend on the ids of nodes', async () => {
    const executor = createExecutor();
    await runToEnd(executor, textToImage());
    const renamed = JSON.parse(JSON.stringify(textToImage()).replaceAll('"decode"', '"paint"'));
    const { snapshot } = await runToEnd(executor, renamed);
    expect(snapshot.cachedNodes).toContain('paint');
  });

  it('repeats what a node said', async () => {
    const executor = createExecutor();
    const workflow = textToImage({ positive: { text: 'red zebra' } });
    const first = await runToEnd(executor, workflow);
    const second = await runToEnd(executor, workflow);
    expect(first.snapshot.warnings).toMatchObject([{ code: 'unknown-words' }]);
    expect(second.snapshot.warnings).toEqual(first.snapshot.warnings);
    const renamed = JSON.parse(JSON.stringify(workflow).replaceAll('"positive",', '"text",'));
    renamed.text = workflow['positive'];
    delete renamed.positive;
    const third = await runToEnd(executor, renamed);
    expect(third.snapshot.cachedNodes).toContain('text');
    expect(third.snapshot.warnings).toMatchObject([{ details: { nodeId: 'text' } }]);
  });

  it('keeps nothing at cacheBytes 0', async () => {
    const executor = createExecutor({ cacheBytes: 0 });
    await runToEnd(executor, textToImage());
    const { snapshot } = await runToEnd(executor, textToImage());
    expect(snapshot.cachedNodes).toEqual([]);
  });

  it('reads a file again that changed', async () => {
    const inputDir = await mkdtemp(join(tmpdir(), `comfygen-${randomUUID()}`));
    try {
      const executor = createExecutor({ inputDir });
      const workflow = {
        load: { class_type: 'LoadImage', inputs: { image: 'in.png' } },
        save: { class_type: 'PreviewImage', inputs: { images: ['load', 0] as [string, number] } },
      };
      const pictures = [];
      for (const grey of [10, 20, 20]) {
        const png = encodeRgbPng(8, 8, new Uint8Array(8 * 8 * 3).fill(grey));
        await writeFile(join(inputDir, 'in.png'), png);
        pictures.push(await runToEnd(executor, workflow));
      }
      expect(pictures.map(({ snapshot }) => snapshot.cachedNodes)).toEqual([[], [], ['load']]);
      expect(pictures[1]?.files[0]?.bytes).not.toEqual(pictures[0]?.files[0]?.bytes);
    } finally {
      await rm(inputDir, { recursive: true });
    }
  });
});
