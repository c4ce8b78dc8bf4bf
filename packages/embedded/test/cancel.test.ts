import { createCallContext, type JobRef } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { defineNode } from '../src/nodes/index.ts';
import { blankImage, textToImage } from './support/graphs.ts';
import { createExecutor, runToEnd, submit, watchToEnd } from './support/run-plan.ts';
import { createTwoColourLibrary } from './support/two-colour-library.ts';

const ctx = createCallContext();

describe('a job that is canceled', () => {
  it.each([
    ['while the model loads', 'load', 1],
    ['while a text is read', 'encode', 1],
    ['in the first step', 'denoise', 1],
    // Two calls a step: both sides of the guidance.
    ['in the third step', 'denoise', 5],
    ['while the picture is decoded', 'decode', 1],
  ])('%s ends as canceled and does nothing more', async (_, stage, nth) => {
    const uses: string[] = [];
    const canceled = Promise.withResolvers<unknown>();
    let ref: JobRef | undefined;
    const executor = createExecutor({
      models: createTwoColourLibrary((use) => {
        uses.push(use);
        if (uses.filter((one) => one === stage).length !== nth || use !== stage) return;
        executor.cancel!(ref as JobRef, ctx).then(canceled.resolve, canceled.reject);
      }),
    });
    ref = await submit(executor, textToImage());
    const events = await watchToEnd(executor, ref);
    expect(await canceled.promise).toMatchObject({ state: 'canceled', outputs: [] });
    expect(events.slice(-2)).toEqual([
      { type: 'state', state: 'canceling' },
      { type: 'state', state: 'canceled' },
    ]);
    const used = uses.length;
    await runToEnd(executor, blankImage());
    expect(uses).toHaveLength(used);
    expect(uses.at(-1)).toBe(stage);
  });

  it('while it waits never starts', async () => {
    const opened = Promise.withResolvers<void>();
    const gate = defineNode<object>({
      classType: 'Gate',
      outputNode: true,
      inputs: { required: {} },
      outputs: [],
      async run() {
        await opened.promise;
        return [];
      },
    });
    const uses: string[] = [];
    const models = createTwoColourLibrary((use) => uses.push(use));
    const executor = createExecutor({ models, nodes: [gate] });
    const first = await submit(executor, { gate: { class_type: 'Gate', inputs: {} } });
    const second = await submit(executor, textToImage());
    expect(await executor.cancel!(second, ctx)).toMatchObject({ state: 'canceled' });
    opened.resolve();
    await watchToEnd(executor, first);
    expect(await executor.inspect(first, ctx)).toMatchObject({ state: 'succeeded' });
    expect(uses).toEqual([]);
  });

  it('ends even where its node does not heed the signal', async () => {
    const stubborn = defineNode<object>({
      classType: 'Stubborn',
      outputNode: true,
      inputs: { required: {} },
      outputs: [],
      run: () => new Promise<never>(() => {}),
    });
    const executor = createExecutor({ nodes: [stubborn] });
    const ref = await submit(executor, { stubborn: { class_type: 'Stubborn', inputs: {} } });
    expect(await executor.cancel!(ref, ctx)).toMatchObject({ state: 'canceled' });
    expect((await runToEnd(executor, blankImage())).snapshot.state).toBe('succeeded');
  });

  it('after its end stays as it ended', async () => {
    const executor = createExecutor();
    const { ref } = await runToEnd(executor, textToImage());
    expect(await executor.cancel!(ref, ctx)).toMatchObject({ state: 'succeeded' });
  });

  it('leaves nothing half done in the cache', async () => {
    let ref: JobRef | undefined;
    let calls = 0;
    const executor = createExecutor({
      models: createTwoColourLibrary((use) => {
        if (use === 'denoise' && ++calls === 3) void executor.cancel!(ref as JobRef, ctx);
      }),
    });
    ref = await submit(executor, textToImage());
    await watchToEnd(executor, ref);
    const again = await runToEnd(executor, textToImage());
    const fresh = await runToEnd(createExecutor(), textToImage());
    expect(again.snapshot.cachedNodes).not.toContain('sampler');
    expect(again.files[0]?.bytes).toEqual(fresh.files[0]?.bytes);
  });
});
