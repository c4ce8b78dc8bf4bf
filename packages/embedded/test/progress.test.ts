import type { JobEvent, JobProgress } from 'comfygen/plugin';
import { createCallContext } from 'comfygen/plugin';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { blankImage, textToImage } from './support/graphs.ts';
import { createExecutor, runToEnd, submit } from './support/run-plan.ts';
import { createTwoColourLibrary } from './support/two-colour-library.ts';

const progressOf = (events: JobEvent[]): JobProgress[] =>
  events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));

describe('progress', () => {
  it('tells each node and each step, and never falls', async () => {
    const { events } = await runToEnd(createExecutor(), textToImage());
    const progress = progressOf(events);
    const fractions = progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(new Set(progress.map(({ node }) => node))).toEqual(new Set(Object.keys(textToImage())));
    const steps = progress.filter(({ node, step }) => node === 'sampler' && step !== undefined);
    expect(steps.map(({ step, steps, classType }) => [step, steps, classType])).toEqual(
      [1, 2, 3, 4].map((step) => [step, 4, 'KSampler']),
    );
  });

  it('stands in the snapshot, too', async () => {
    const { snapshot } = await runToEnd(createExecutor(), textToImage());
    expect(snapshot.progress?.fraction).toBe(1);
    expect(snapshot.timings?.runMs).toBeGreaterThanOrEqual(0);
  });
});

describe('previews', () => {
  it('are small pictures of the latent, from the sampler', async () => {
    const { events } = await runToEnd(createExecutor(), textToImage({ sampler: { steps: 12 } }));
    const previews = events.flatMap((event) => (event.type === 'preview' ? [event] : []));
    expect(previews.length).toBeGreaterThan(1);
    for (const { bytes, mediaType, nodeId } of previews) {
      expect([mediaType, nodeId]).toEqual(['image/png', 'sampler']);
      expect(decode(bytes)).toMatchObject({ width: 8, height: 8, channels: 3 });
    }
  });

  it('are not made while nobody watches', async () => {
    const uses: string[] = [];
    const executor = createExecutor({ models: createTwoColourLibrary((use) => uses.push(use)) });
    const ref = await submit(executor, textToImage({ sampler: { steps: 12 } }));
    // Another job, which waits for that one, so that one needs no watching.
    await runToEnd(executor, blankImage());
    expect(await executor.inspect(ref, createCallContext())).toMatchObject({ state: 'succeeded' });
    expect(uses).not.toContain('preview');
  });
});
