import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { createEvents } from './events.ts';

const event = { runId: 'r', at: 0 };
const setUp = () => {
  const { source, emit, clear } = createEvents();
  const failures: string[] = [];
  const end = () =>
    emit('run-end', { ...event, outcome: 'succeeded' }, (message) => failures.push(message));
  return { source, end, clear, failures };
};

describe('createEvents', () => {
  it('tells listeners in their order, until they leave', () => {
    const { source, end } = setUp();
    const heard: string[] = [];
    const one = () => void heard.push('one');
    source.on('run-end', one);
    source.on('run-end', ({ outcome }) => void heard.push(outcome));
    end();
    source.off('run-end', one);
    end();
    expect(heard).toEqual(['one', 'succeeded', 'succeeded']);
  });

  it('tells a listener of `once` one time for each name, also when it throws', () => {
    const { source, end, failures } = setUp();
    let calls = 0;
    const listener = () => {
      calls += 1;
      throw new Error('no');
    };
    source.once('run-end', listener);
    source.once('run-start', listener);
    end();
    end();
    expect([calls, failures]).toEqual([1, ['run-end: no']]);
    source.off('run-start', listener);
  });

  it('lets a listener of `once` leave before', () => {
    const { source, end } = setUp();
    const listener = () => expect.unreachable();
    source.once('run-end', listener);
    source.off('run-end', listener);
    end();
  });

  it('reports listeners that throw or reject, and goes on with the next', async () => {
    const { source, end, failures } = setUp();
    let heard = 0;
    source.on('run-end', () => {
      throw new Error('thrown');
    });
    source.on('run-end', async () => Promise.reject('rejected'));
    source.on('run-end', () => {
      heard += 1;
    });
    end();
    await new Promise((resolve) => setImmediate(resolve));
    expect([heard, failures]).toEqual([1, ['run-end: thrown', 'run-end: rejected']]);
  });

  it('survives a listener that adds and removes others', () => {
    const { source, end, clear } = setUp();
    let added = 0;
    const count = () => {
      added += 1;
    };
    source.on('run-end', () => source.on('run-end', count));
    end();
    expect(added).toBe(0);
    end();
    expect(added).toBe(1);
    clear();
    end();
    expect(added).toBe(1);
  });

  it('gives each listener one frozen copy, with bytes of its own but for previews', () => {
    const { source, emit } = createEvents();
    const failures: string[] = [];
    const fail = (message: string) => failures.push(message);
    const bytes = Uint8Array.of(1, 2, 3);
    const error = new ComfygenError('NO_FLOW', 'none', { details: { tried: ['a'] } });
    const seen: unknown[] = [];
    source.on('execute-preview', (preview) => seen.push(preview.bytes));
    source.on('image-scored', ({ image }) => {
      image.bytes[0] = 9;
      (image as { hash: string }).hash = 'other';
    });
    source.on('run-end', (end) => {
      (end.error as ComfygenError & { details: { tried: string[] } }).details.tried.push('b');
    });
    emit('execute-preview', { ...event, planId: 'p', bytes, mediaType: 'image/png' }, fail);
    const image = { bytes, hash: 'one' } as never;
    emit('image-scored', { ...event, image, score: null }, fail);
    emit('run-end', { ...event, outcome: 'failed', error }, fail);
    expect([seen[0] === bytes, [...bytes], image['hash']]).toEqual([true, [1, 2, 3], 'one']);
    expect(error.details).toEqual({ tried: ['a'] });
    expect(failures).toHaveLength(2);
  });

  it('copies nothing that nobody hears', () => {
    const { emit } = createEvents();
    const trap = { ...event } as Record<string, unknown>;
    Object.defineProperty(trap, 'outcome', { enumerable: true, get: expect.unreachable });
    emit('run-end', trap as never, expect.unreachable);
  });

  it.each([
    ['no function', 'run-end', null],
    ['no name', Symbol('run-end'), () => {}],
  ])('refuses %s', (_, name, listener) => {
    const { source } = createEvents();
    const hear = () => source.on(name as never, listener as never);
    expect(hear).toThrow(ComfygenError);
  });
});
