import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { JobState } from 'comfygen';
import { describe, expect, it, onTestFinished } from 'vitest';
import { jobFolder, openJobs } from './jobs.ts';

describe('jobFolder', () => {
  it('is the usual one, the one that is named, or none', () => {
    expect(jobFolder(undefined, '/home/me')).toBe(resolve('/home/me/.comfygen/jobs'));
    expect(jobFolder('kept', '/home/me')).toBe(resolve('/home/me/kept'));
    expect(jobFolder(false, '/home/me')).toBeUndefined();
  });
});

describe('openJobs', () => {
  it('forgets the oldest ended jobs above 100, and none that may still run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'comfygen-jobs-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const store = await openJobs(folder);
    const put = (planId: string, state: JobState) => {
      const ref = { executor: 'comfyui', id: planId, submittedAt: 0 };
      return store.put({ ref, runId: 'run', planId, flowId: 'flow', state });
    };
    await put('open', 'queued');
    await put('first', 'succeeded');
    await put('second', 'failed');
    await writeFile(join(folder, '0000000000000000-damaged.json'), '{');
    for (let number = 0; number < 99; number += 1) await put(`job-${number}`, 'canceled');
    const ids: string[] = [];
    for await (const { planId } of store.list()) ids.push(planId);
    expect(ids).toHaveLength(101);
    expect(ids.slice(0, 2)).toEqual(['open', 'second']);
  });
});
