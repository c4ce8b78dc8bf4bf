import type { JobRef } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { openComfyApi, picturesOf, SERVICES } from './bench.ts';
import { testGraph, testPlan } from './test-plan.ts';

describe.each(SERVICES)('$name: the life of a job', ({ open, words }) => {
  it('1: goes from queued over running to succeeded, and the bytes are those of the service', async () => {
    const { clock, ctx, submit, executor } = await open({ queueMs: 2_000, nodeMs: 1_000 });
    const ref = await submit();
    const states: string[] = [];
    for (let look = 0; look < 12; look += 1) {
      const { state } = await executor.inspect(ref, ctx);
      if (states.at(-1) !== state) states.push(state);
      await clock.advance(1_000);
    }
    expect(states).toEqual(['queued', 'running', 'succeeded']);
    const { outputs } = await executor.inspect(ref, ctx);
    const { bytes, mediaType } = await executor.download(outputs[0]!, ref, ctx);
    const [expected] = await picturesOf(testGraph());
    expect(mediaType).toBe('image/png');
    expect(bytes).toEqual(expected!.bytes);
    expect(outputs[0]!.nodeId).toBe(expected!.nodeId);
  });

  it('2: a job that is over at the first look', async () => {
    const { clock, ctx, submit, executor } = await open();
    const ref = await submit();
    await clock.settle();
    expect((await executor.inspect(ref, ctx)).state).toBe('succeeded');
  });

  it('3: states in between that nobody saw', async () => {
    const { clock, ctx, submit, executor } = await open({ queueMs: 1_000 });
    const ref = await submit();
    expect((await executor.inspect(ref, ctx)).state).toBe('queued');
    await clock.advance(5_000);
    expect((await executor.inspect(ref, ctx)).state).toBe('succeeded');
  });

  it('4: a word that nobody knows means running, with a warning', async () => {
    const spell = (word: string) => (word === words.running ? 'Warming_Up' : word);
    const { clock, ctx, submit, end, executor } = await open({ nodeMs: 1_000, spell });
    const ref = await submit();
    await clock.settle();
    const { state, rawState, warnings } = await executor.inspect(ref, ctx);
    expect([state, rawState]).toEqual(['running', 'Warming_Up']);
    expect(warnings.map(({ code }) => code)).toEqual(['unknown-state']);
    expect((await end(ref)).state).toBe('succeeded');
  });

  it('5: words in another letter case', async () => {
    const swap = (word: string) =>
      word === word.toUpperCase() ? word.toLowerCase() : word.toUpperCase();
    const { submit, end } = await open({ spell: swap });
    const { state, warnings } = await end(await submit());
    expect([state, warnings]).toEqual(['succeeded', []]);
  });

  it('7: another process goes on from the reference as JSON', async () => {
    const { clock, ctx, submit, another } = await open({ nodeMs: 1_000 });
    const ref: JobRef = JSON.parse(JSON.stringify(await submit()));
    await clock.advance(60_000);
    const later = another();
    const { state, outputs } = await later.inspect(ref, ctx);
    expect(state).toBe('succeeded');
    const fresh = another();
    const { bytes } = await clock.run(fresh.download(outputs[0]!, ref, ctx));
    expect(bytes).toEqual((await picturesOf(testGraph()))[0]!.bytes);
  });

  it('8: two jobs in flight keep their own pictures', async () => {
    const { clock, ctx, submit, end, executor } = await open({ nodeMs: 500 });
    const graphs = [testGraph({ steps: 4 }), testGraph({ steps: 5 })];
    const refs = [await submit(testPlan(graphs[0])), await submit(testPlan(graphs[1]))];
    for (const [place, ref] of refs.entries()) {
      const { outputs } = await end(ref);
      const { bytes } = await clock.run(executor.download(outputs[0]!, ref, ctx));
      expect(bytes).toEqual((await picturesOf(graphs[place]!))[0]!.bytes);
    }
  });

  it('9: an ended job stays as it was', async () => {
    const { ctx, submit, end, executor } = await open();
    const ref = await submit();
    const first = await end(ref);
    expect(await executor.inspect(ref, ctx)).toEqual(first);
  });
});

describe('comfy-api: watching', () => {
  it('6: states only go forward, the final one comes once and last', async () => {
    const timeline = () => ({ queueMs: 1_000, nodeMs: 500, stepMs: 200, previews: true });
    const { clock, ctx, submit, executor } = await openComfyApi({ timeline });
    const ref = await submit();
    const events = await clock.run(collect(executor.watch!(ref, ctx)));
    const states = events.flatMap((event) => (event.type === 'state' ? [event.state] : []));
    expect(states).toEqual(['queued', 'running', 'succeeded']);
    expect(events.at(-1)).toEqual({ type: 'state', state: 'succeeded' });
    const kinds = new Set(events.map(({ type }) => type));
    expect(kinds).toEqual(new Set(['state', 'progress', 'preview', 'output']));
    const preview = events.find((event) => event.type === 'preview');
    expect(preview).toMatchObject({ mediaType: 'image/png', nodeId: '5' });
    expect(clock.sleeping).toBe(0);
  });
});

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}
