import { describe, expect, it } from 'vitest';
import { defineFlow } from '../library/define-flow.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';

/** What `count` images became: each job's seed and size, and what was said. */
async function jobsOf(
  count: number | undefined,
  options: { atOnce?: number; concurrency?: number; batchSize?: number } = {},
) {
  const { atOnce, concurrency, batchSize } = options;
  const { create, submitted } = scriptedBackend(['succeed']);
  const executor = wrapExecutor(create(), () =>
    atOnce === undefined ? {} : { jobsAtOnce: () => atOnce },
  );
  const flows = [defineFlow({ id: 'one', workflow: createTestGraph(), batchSize })];
  const comfygen = createComfyGen({ flows, executor, concurrency, clock: instantClock() });
  const result = await comfygen.generate('a', { seed: 10, ...(count && { count }) });
  const jobs = submitted.map(({ seed, workflow }) => [
    seed,
    workflow['latent']!.inputs['batch_size'],
  ]);
  return { jobs, images: result.images, warnings: result.warnings.map(({ code }) => code) };
}

describe('a count', () => {
  it('is one job where one works at a time', async () => {
    expect(await jobsOf(5)).toMatchObject({ jobs: [['10', 5]], warnings: [] });
  });

  it('is shared by those who work at once, with seeds that go on, and says so', async () => {
    const { jobs, images, warnings } = await jobsOf(5, { atOnce: 2 });
    expect(jobs).toEqual([
      ['10', 3],
      ['13', 2],
    ]);
    expect(images.map(({ seed, batchIndex }) => `${seed}.${batchIndex}`)).toEqual([
      '10.0',
      '10.1',
      '10.2',
      '13.0',
      '13.1',
    ]);
    expect(warnings).toEqual(['count-split']);
    expect((await jobsOf(2, { atOnce: 5 })).jobs).toHaveLength(2);
  });

  it('is not, where the host lets one run at a time', async () => {
    expect((await jobsOf(5, { atOnce: 2, concurrency: 1 })).jobs).toEqual([['10', 5]]);
  });

  it('is never more in a job than the flow says', async () => {
    const { jobs } = await jobsOf(7, { batchSize: 3 });
    expect(jobs.map(([, size]) => size)).toEqual([3, 2, 2]);
    expect((await jobsOf(undefined, { batchSize: 3 })).jobs).toEqual([['10', 1]]);
  });
});
