import { describe, expect, it } from 'vitest';
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
});
