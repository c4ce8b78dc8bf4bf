import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { JobState } from 'comfygen';
import { describe, expect, it, onTestFinished } from 'vitest';
import { jobPlace, openJobs } from './jobs.ts';

const tempFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'comfygen-jobs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
};

describe('jobPlace', () => {
  it('is the usual file, the one that is named, or none', async () => {
    const cwd = await tempFolder();
    expect(jobPlace(undefined, cwd)).toBe(resolve(cwd, '.comfygen/comfygen.db'));
    expect(jobPlace('kept', cwd)).toBe(resolve(cwd, 'kept'));
    expect(jobPlace(false, cwd)).toBeUndefined();
  });

  it('is the folder of an earlier version while that is there', async () => {
    const cwd = await tempFolder();
    await mkdir(join(cwd, '.comfygen', 'jobs'), { recursive: true });
    expect(jobPlace(undefined, cwd)).toBe(resolve(cwd, '.comfygen/jobs'));
    expect(jobPlace('other.db', cwd)).toBe(resolve(cwd, 'other.db'));
  });
});

describe('openJobs', () => {
  it('forgets the oldest ended jobs above 100, and none that may still run', async () => {
    const folder = await tempFolder();
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
