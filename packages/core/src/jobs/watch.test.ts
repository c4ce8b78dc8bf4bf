import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../spec/index.ts';
import { type JobListener, watchListeners } from './watch.ts';

const state = (name: 'queued' | 'running' | 'succeeded'): JobEvent => ({
  type: 'state',
  state: name,
});

async function collect(events: AsyncIterable<JobEvent>): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of events) seen.push(event.type === 'state' ? event.state : event.type);
  return seen;
}

describe('watchListeners', () => {
  const open = (more: { closed?: AbortSignal } = {}) => {
    const listeners = new Set<JobListener>();
    const stop = new AbortController();
    const options = { first: [state('queued')], signal: stop.signal, ...more };
    const seen = collect(watchListeners(listeners, options));
    const tell = (event: JobEvent) => {
      for (const listener of listeners) listener(event);
    };
    return { listeners, stop, seen, tell };
  };

  it('gives all events in their order up to the final state', async () => {
    const { listeners, seen, tell } = open();
    tell(state('running'));
    tell(state('succeeded'));
    tell(state('running'));
    expect(await seen).toEqual(['queued', 'running', 'succeeded']);
    expect(listeners.size).toBe(0);
  });

  it('of a flood that nobody could read yet keeps the newest progress, and every state', async () => {
    const { seen, tell } = open();
    for (let at = 1; at <= 1_000; at += 1)
      tell({ type: 'progress', progress: { fraction: at / 1_000 } });
    tell(state('running'));
    tell(state('succeeded'));
    const names = await seen;
    expect(names.filter((name) => name === 'progress').length).toBeLessThan(100);
    expect(names.slice(-2)).toEqual(['running', 'succeeded']);
  });

  it('rejects with the reason of an abort while nothing comes', async () => {
    const { listeners, stop, seen } = open();
    const reason = new Error('enough');
    setImmediate(() => stop.abort(reason));
    await expect(seen).rejects.toBe(reason);
    expect(listeners.size).toBe(0);
  });

  it('ends in silence once its executor is closed', async () => {
    const closing = new AbortController();
    const { listeners, seen } = open({ closed: closing.signal });
    setImmediate(() => closing.abort());
    expect(await seen).toEqual(['queued']);
    expect(listeners.size).toBe(0);
  });
});
