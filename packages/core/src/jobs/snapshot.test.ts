import { describe, expect, it, vi } from 'vitest';
import type { JobOutput, JobSnapshot, JobState } from '../spec/index.ts';
import { createCallContext } from '../util/call-context.ts';
import { cancelAndLook, stateOf, toSnapshot } from './snapshot.ts';

const part = { role: 'executor', name: 'oven' } as const;
const states = { Waiting: 'queued', DONE: 'succeeded', burnt: 'failed' } as const;
const output: JobOutput = {
  ...{ nodeId: null, index: 0, kind: 'image', fileName: 'fox.png', mediaType: null },
  ref: {},
};

describe('stateOf', () => {
  it('knows words in any letter case, and no others', () => {
    expect(stateOf(' done ', states)).toBe('succeeded');
    expect(stateOf('WAITING', states)).toBe('queued');
    expect(stateOf('toString', states)).toBeUndefined();
  });
});

describe('toSnapshot', () => {
  const read = (word: string, more = {}) => toSnapshot({ part, word, states, ...more });

  it('takes an unknown word for running, and says so', () => {
    expect(read('resting')).toMatchObject({
      state: 'running',
      rawState: 'resting',
      warnings: [{ code: 'unknown-state', message: expect.stringContaining('oven') }],
    });
  });

  it('calls success without a file OUTPUT_MISSING, in the words of the service where it has some', () => {
    expect(read('done', { outputs: [output] })).toMatchObject({ state: 'succeeded' });
    expect(read('done')).toMatchObject({ state: 'failed', failure: { code: 'OUTPUT_MISSING' } });
    const failure = () => ({ code: 'PAYMENT', message: 'Pay first.', retryable: false });
    expect(read('done', { failure }).failure?.code).toBe('PAYMENT');
    expect(read('done', { failure, outputs: [output] }).failure).toBeUndefined();
  });

  it('has a failure for each failed job, without secrets', () => {
    expect(read('burnt').failure).toMatchObject({ code: 'EXECUTION_FAILED', retryable: false });
    const failure = () => ({ code: 'HOST_FAULT', message: 'key-123 is hot', retryable: true });
    const hide = (text: string) => text.replace('key-123', '[redacted]');
    expect(read('burnt', { failure, hide }).failure?.message).toBe('[redacted] is hot');
  });
});

describe('cancelAndLook', () => {
  const snapshot = (state: JobState): JobSnapshot => ({
    ...{ state, rawState: state, outputs: [], warnings: [] },
  });
  const cancel = (seen: JobState[], ask: () => Promise<unknown>) =>
    cancelAndLook(async () => snapshot(seen.shift()!), ask, createCallContext());

  it('leaves a job alone that is over', async () => {
    const ask = vi.fn(async () => {});
    expect(await cancel(['succeeded'], ask)).toMatchObject({ state: 'succeeded' });
    expect(ask).not.toHaveBeenCalled();
  });

  it('says canceling until the job is over', async () => {
    expect(await cancel(['running', 'running'], async () => {})).toMatchObject({
      state: 'canceling',
    });
  });

  it('throws a refusal only where the job goes on', async () => {
    const refused = new Error('no');
    const ask = () => Promise.reject(refused);
    expect(await cancel(['running', 'canceled'], ask)).toMatchObject({ state: 'canceled' });
    await expect(cancel(['running', 'running'], ask)).rejects.toBe(refused);
  });
});
