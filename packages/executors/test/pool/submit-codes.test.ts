import { comfyui } from '@comfygen/executors/comfyui';
import { pool } from '@comfygen/executors/pool';
import { startFakeComfyui } from '@comfygen/executors/testing';
import { createComfyGen } from 'comfygen';
import {
  ComfygenError,
  ERROR_CODES,
  type ErrorCode,
  type ExecutorV1,
  wrapExecutor,
} from 'comfygen/plugin';
import { createTestClock, createTestFlow } from 'comfygen/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Nobody would take the plan: a pool tries no other member, a list of executors goes on to the next. */
const PLAN_REFUSED: ErrorCode[] = [
  'UNSUPPORTED_FORMAT',
  'INVALID_WORKFLOW',
  'UNSAFE_WORKFLOW',
  'MISSING_SLOT',
];
const others = Object.keys(ERROR_CODES).filter(
  (code) => !PLAN_REFUSED.includes(code as ErrorCode),
) as ErrorCode[];

describe('an executor whose submit fails, before a good one', () => {
  const clock = createTestClock();
  let fake: Awaited<ReturnType<typeof startFakeComfyui>>;
  beforeAll(async () => {
    fake = await startFakeComfyui({ clock });
  });
  afterAll(() => fake.close());

  /** Whether the run gives a picture, and how often the bad one was asked. */
  const run = async (
    code: ErrorCode,
    how: (executors: ExecutorV1[]) => ExecutorV1 | ExecutorV1[],
  ) => {
    let asked = 0;
    const bad = wrapExecutor(comfyui({ url: fake.url, name: 'bad' }), () => ({
      submit: async () => {
        asked += 1;
        throw new ComfygenError(code, 'not here');
      },
    }));
    const executor = how([bad, comfyui({ url: fake.url, name: 'good' })]);
    const flows = [createTestFlow('flow')];
    const comfygen = createComfyGen({ flows, executor, clock, maxRetries: 0 });
    const made = await clock.run(
      comfygen.generate('a red apple', { seed: 7 }).then(
        ({ images }) => images.length === 1,
        () => false,
      ),
    );
    await comfygen.dispose();
    for (const one of [executor].flat()) await one.dispose?.();
    return { made, asked };
  };

  it.each(others)(
    'with %s: a list and a pool agree on whether the good one makes the picture',
    async (code) => {
      const listed = await run(code, (executors) => executors);
      const pooled = await run(code, (executors) => pool({ executors }));
      expect(pooled).toEqual({ made: listed.made, asked: 1 });
    },
  );

  it.each(PLAN_REFUSED)('with %s: a list tries the good one, a pool does not', async (code) => {
    expect(await run(code, (executors) => executors)).toEqual({ made: true, asked: 1 });
    expect(await run(code, (executors) => pool({ executors }))).toEqual({ made: false, asked: 1 });
  });

  it('with FILE_ACCESS: the good one makes it', async () => {
    expect((await run('FILE_ACCESS', (executors) => pool({ executors }))).made).toBe(true);
  });
});
