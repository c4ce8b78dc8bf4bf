import type { JobEntry } from 'comfygen';
import { describe, expect, it } from 'vitest';
import { findJob, shortIds } from './read-jobs.ts';

const job = (planId: string, id = planId): JobEntry => ({
  ref: { executor: 'comfyui', id, submittedAt: 0 },
  ...{ runId: 'run', planId, flowId: 'flow', state: 'queued' },
});
const JOBS = [job('aaaa1111-x'), job('aaaa1111-y', 'backend-7'), job('aaaa')];

describe('findJob', () => {
  const find = (id: string) => findJob(JOBS, id, '/kept').planId;

  it('takes a whole id, a unique beginning, and the backend’s own id', () => {
    expect([find('aaaa1111-y'), find('aaaa'), find('aaaa1111-x')]).toEqual([
      ...['aaaa1111-y', 'aaaa', 'aaaa1111-x'],
    ]);
    expect(find('back')).toBe('aaaa1111-y');
  });

  it('says which jobs could be meant, and where none is', () => {
    const codeOf = (code: string, text: string) =>
      expect.objectContaining({ code, message: expect.stringContaining(text) });
    expect(() => find('aaaa1')).toThrow(codeOf('INVALID_OPTIONS', 'aaaa1111-x, aaaa1111-y'));
    expect(() => find('b0')).toThrow(codeOf('NOT_FOUND', '/kept'));
    expect(() => find('')).toThrow(codeOf('NOT_FOUND', '/kept'));
  });
});

describe('shortIds', () => {
  it('are 8 characters, or as many more as it takes', () => {
    expect([...shortIds(JOBS.slice(0, 1)).values()]).toEqual(['aaaa1111']);
    expect([...shortIds(JOBS).values()]).toEqual(['aaaa1111-x', 'aaaa1111-y', 'aaaa']);
  });
});
