import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../errors/codes.ts';
import { ComfygenError, type ComfygenErrorOptions } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { JobEntry, Workflow } from '../spec/index.ts';
import { memoryJobStore } from '../stores/memory-stores.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { type Script, scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';

type Change = Parameters<typeof wrapExecutor>[1];

/** A generator on one scripted executor, changed where a test wants it. */
function setUp(
  scripts: Script[],
  change: Change = () => ({}),
  workflow: Workflow = createTestGraph(),
) {
  const backend = scriptedBackend(scripts);
  const jobs = memoryJobStore();
  const comfygen = createComfyGen({
    flows: [defineFlow({ id: 'one', workflow }), defineFlow({ id: 'two', workflow })],
    executor: wrapExecutor(backend.create(), change),
    jobs,
    clock: instantClock(),
  });
  const generate = (options = {}) => comfygen.generate('a red apple', { seed: 1, ...options });
  const failure = () =>
    generate().then(
      () => undefined,
      (error: unknown) => error as ComfygenError,
    );
  return { ...backend, comfygen, generate, failure, jobs };
}

const refusal = (code: ErrorCode, options?: ComfygenErrorOptions): Script => ({
  refuse: new ComfygenError(code, `scripted ${code}`, options),
});

/** Fails the first `times` calls of a method, then works. */
const flaky =
  (method: 'inspect' | 'download', times: number, error: () => unknown): Change =>
  (part) => {
    let calls = 0;
    const flakyMethod = async (...args: never[]) => {
      calls += 1;
      if (calls <= times) throw error();
      return (part[method] as (...args: never[]) => unknown)(...args);
    };
    return { [method]: flakyMethod };
  };

async function entriesOf(list: AsyncIterable<JobEntry>): Promise<JobEntry[]> {
  const entries: JobEntry[] = [];
  for await (const entry of list) entries.push(entry);
  return entries;
}

describe('a submit', () => {
  it.each(['UNAVAILABLE', 'RATE_LIMITED', 'QUEUE_FULL'] as const)(
    'that was surely refused (%s) is repeated',
    async (code) => {
      const { generate, submitted } = setUp([refusal(code), 'succeed']);
      expect((await generate()).attempts.map(({ outcome }) => outcome)).toEqual([
        'failed',
        'succeeded',
      ]);
      expect(submitted).toHaveLength(2);
    },
  );

  it.each([
    ['an answer that makes no sense', new ComfygenError('PROTOCOL', 'no JSON')],
    ['a server error', new ComfygenError('HOST_FAULT', 'HTTP 500')],
    ['an error that is not ours', new TypeError('socket hang up')],
    ['no error at all', 'oops'],
  ])('that failed with %s is never repeated, nor another one tried', async (_what, error) => {
    const { failure, submitted } = setUp([{ refuse: error }, 'succeed']);
    const caught = await failure();
    expect(caught).toMatchObject({ code: 'SUBMIT_UNKNOWN', retryable: false });
    expect(caught?.message).toContain(error instanceof Error ? error.message : error);
    expect(submitted).toHaveLength(1);
  });

  it('is not repeated where the backend wants a long pause', async () => {
    const { failure, submitted } = setUp([refusal('RATE_LIMITED', { retryAfterMs: 3_600_000 })]);
    expect((await failure())?.code).toBe('RATE_LIMITED');
    expect(submitted).toHaveLength(1);
  });
});

describe('a backend that is not there', () => {
  const gone: Change = () => ({
    inventory: async () => {
      throw new ComfygenError('UNAVAILABLE', 'nobody answers', { details: { hint: 'Start it.' } });
    },
  });

  it('is said at once: no flow is chosen, nothing is sent', async () => {
    const { comfygen, failure, submitted } = setUp(['succeed'], gone);
    const chosen: unknown[] = [];
    comfygen.events.on('plan-selected', (event) => chosen.push(event));
    expect(await failure()).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'nobody answers',
      details: { hint: 'Start it.' },
    });
    expect([submitted, chosen]).toEqual([[], []]);
  });

  it('leaves the run to the next executor, for which alone flows are chosen', async () => {
    const first = wrapExecutor(scriptedBackend(['succeed'], 'first').create(), gone);
    const second = scriptedBackend(['succeed'], 'second').create();
    const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];
    const comfygen = createComfyGen({ flows, executor: [first, second], clock: instantClock() });
    const { executor, attempts, warnings } = await comfygen.generate('a', { seed: 1 });
    expect([executor, attempts.length]).toEqual(['second', 1]);
    expect(warnings.map(({ message }) => message).join()).toContain('nobody answers');
  });

  it.each(['inventory', 'submit'] as const)(
    'goes on with the next executor where one is set up wrongly (%s)',
    async (method) => {
      const wrong = async () => {
        throw new ComfygenError('INVALID_OPTIONS', 'no such header');
      };
      const backend = scriptedBackend(['succeed'], 'first').create();
      const first = wrapExecutor(backend, () => ({ [method]: wrong }));
      const second = scriptedBackend(['succeed'], 'second').create();
      const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];
      const comfygen = createComfyGen({ flows, executor: [first, second], clock: instantClock() });
      expect((await comfygen.generate('a', { seed: 1 })).executor).toBe('second');
      const alone = createComfyGen({ flows, executor: first, clock: instantClock() });
      await expect(alone.generate('a', { seed: 1 })).rejects.toMatchObject({
        code: 'INVALID_OPTIONS',
      });
    },
  );
});

describe('a run that fails', () => {
  it('with one reason again and again has that for its error', async () => {
    const { failure, submitted } = setUp([{ fail: 'HOST_FAULT', retryable: true }]);
    expect((await failure())?.code).toBe('HOST_FAULT');
    expect(submitted).toHaveLength(3);
  });

  it('on a dead server is not sent there again', async () => {
    const { failure, submitted } = setUp([{ fail: 'SERVER_WEDGED', retryable: true }]);
    expect((await failure())?.code).toBe('SERVER_WEDGED');
    expect(submitted).toHaveLength(1);
  });

  it('with several has them all in its message', async () => {
    const { failure } = setUp([{ fail: 'MISSING_MODEL' }, { fail: 'EXECUTION_FAILED' }]);
    const error = await failure();
    expect(error?.code).toBe('NO_IMAGE');
    expect(error?.message).toContain('scripted MISSING_MODEL; scripted EXECUTION_FAILED');
  });
});

describe('a job whose state is out of reach', () => {
  it.each(['UNAVAILABLE', 'HOST_FAULT', 'PROTOCOL', 'RATE_LIMITED'] as const)(
    'for a while (%s) is followed on',
    async (code) => {
      const { generate, submitted } = setUp(
        ['succeed'],
        flaky('inspect', 8, () => new ComfygenError(code, 'later')),
      );
      expect((await generate()).attempts).toHaveLength(1);
      expect(submitted).toHaveLength(1);
    },
  );

  it('since nobody answers for a minute is lost, and made again', async () => {
    const { generate, submitted } = setUp(['hang', 'succeed'], (part) => ({
      inspect: async (ref, ctx) => {
        if (ref.id === submitted[0]?.id) throw new ComfygenError('UNAVAILABLE', 'refused');
        return part.inspect(ref, ctx);
      },
    }));
    const { attempts } = await generate();
    expect(attempts.map(({ error }) => error?.code)).toEqual(['JOB_LOST', undefined]);
  });

  it.each([
    ['HOST_FAULT', new ComfygenError('HOST_FAULT', 'HTTP 500')],
    ['AUTH', new ComfygenError('AUTH', 'HTTP 401')],
    ['PART_FAILED', new TypeError('x is undefined')],
  ])('with %s may still run: nothing is submitted in its place', async (code, error) => {
    const { failure, submitted, jobs } = setUp(
      ['hang', 'succeed'],
      flaky('inspect', Number.POSITIVE_INFINITY, () => error),
    );
    expect(await failure()).toMatchObject({ code, jobFate: 'open' });
    expect(submitted).toHaveLength(1);
    expect((await entriesOf(jobs.list())).map(({ state }) => state)).toEqual(['queued']);
  });
});

describe('a look at a job', () => {
  it('is repeated no sooner than the backend asks', async () => {
    const looks: number[] = [];
    const { generate } = setUp(['succeed'], (part) => ({
      async *watch() {},
      async inspect(ref, ctx) {
        looks.push(ctx.clock.now());
        if (looks.length > 1) return part.inspect(ref, ctx);
        throw new ComfygenError('RATE_LIMITED', 'slow down', { retryAfterMs: 20_000 });
      },
    }));
    await generate();
    expect((looks[1] as number) - (looks[0] as number)).toBeGreaterThanOrEqual(20_000);
  });

  it('is not doubled by a watch that only looks too', async () => {
    let watched = 0;
    const { generate } = setUp(['succeed'], (part) => ({
      supports: { ...part.supports, watchPolls: true },
      watch(ref, ctx) {
        watched += 1;
        return part.watch!(ref, ctx);
      },
    }));
    await generate();
    expect(watched).toBe(0);
  });

  it('passes on what it warns of, once, also before the job ends', async () => {
    let looks = 0;
    const { generate } = setUp(['succeed'], (part) => ({
      async *watch() {},
      async inspect(ref, ctx) {
        looks += 1;
        const warnings = [{ code: 'unknown-state', message: 'It says "BREWING".' }];
        if (looks < 3) return { state: 'running', rawState: 'BREWING', outputs: [], warnings };
        return part.inspect(ref, ctx);
      },
    }));
    const { warnings } = await generate();
    expect(warnings.filter(({ code }) => code === 'unknown-state')).toHaveLength(1);
  });
});

describe('a job that ended', () => {
  it('is downloaded again after a failure that may pass', async () => {
    const change = flaky('download', 2, () => new ComfygenError('UNAVAILABLE', 'later'));
    const { generate, submitted } = setUp(['succeed'], change);
    expect((await generate()).images).toHaveLength(1);
    expect(submitted).toHaveLength(1);
  });

  it('is not made again where its pictures stay out of reach', async () => {
    const change = flaky('download', Number.POSITIVE_INFINITY, () => {
      return new ComfygenError('UNAVAILABLE', 'the store is down');
    });
    const { failure, submitted, jobs } = setUp(['succeed', 'succeed'], change);
    expect(await failure()).toMatchObject({
      code: 'UNAVAILABLE',
      retryable: false,
      jobFate: 'done',
    });
    expect(submitted).toHaveLength(1);
    expect((await entriesOf(jobs.list())).map(({ state }) => state)).toEqual(['queued']);
  });

  it('without an image is OUTPUT_MISSING', async () => {
    const { failure } = setUp(['succeed'], (part) => ({
      inspect: async (ref, ctx) => ({ ...(await part.inspect(ref, ctx)), outputs: [] }),
    }));
    expect((await failure())?.details['attempts']).toMatchObject([
      { flowId: 'one', error: { code: 'OUTPUT_MISSING' } },
      { flowId: 'two', error: { code: 'OUTPUT_MISSING' } },
    ]);
  });

  it.each([
    ['while it ran', { fail: 'CANCELED' }],
    ['before it was sent', refusal('CANCELED')],
  ] satisfies [string, Script][])(
    'because somebody canceled it %s is followed by nothing',
    async (_, script) => {
      const { failure, submitted, jobs } = setUp([script]);
      expect((await failure())?.code).toBe('CANCELED');
      expect(submitted).toHaveLength(1);
      const states = (await entriesOf(jobs.list())).map(({ state }) => state);
      expect(states.every((state) => state === 'canceled')).toBe(true);
    },
  );

  it('with a code of the future is EXECUTION_FAILED, its message kept', async () => {
    const { failure } = setUp([{ fail: 'FROM_THE_FUTURE' as 'AUTH' }]);
    expect((await failure())?.details['attempts']).toMatchObject([
      { error: { code: 'EXECUTION_FAILED', message: 'scripted FROM_THE_FUTURE' } },
      {},
    ]);
  });
});

/** What a backend has that keeps its classes to itself: no graph is checked against them. */
const unlisted = async () => ({ catalogue: null, models: {}, source: 'unlisted' });

describe('a flow without a batch size', () => {
  it('makes a job an image, each with a seed of its own', async () => {
    const single = createTestGraph();
    delete single['latent']!.inputs['batch_size'];
    const { comfygen } = setUp(['succeed'], () => ({ inventory: unlisted }), single);
    const { images } = await comfygen.generate('a', { seed: 2n ** 64n - 1n, count: 3 });
    expect(images.map(({ seed }) => seed)).toEqual(['18446744073709551615', '0', '1']);
    expect(new Set(images.map(({ hash }) => hash)).size).toBe(3);
  });

  it('begins no further job when one fails that shows nothing of the flow’s working', async () => {
    const single = createTestGraph();
    delete single['latent']!.inputs['batch_size'];
    const backend = scriptedBackend([{ fail: 'EXECUTION_FAILED' }]);
    const executor = wrapExecutor(backend.create(), () => ({ inventory: unlisted }));
    const flows = [defineFlow({ id: 'one', workflow: single })];
    const comfygen = createComfyGen({ flows, executor, concurrency: 2, clock: instantClock() });
    const run = comfygen.generate('a', { seed: 1, count: 5 });
    await expect(run).rejects.toMatchObject({ code: 'EXECUTION_FAILED' });
    expect(backend.submitted).toHaveLength(2);
  });
});

it('a job that waits tells how many are before it, at each change', async () => {
  const places = [3, 3, undefined, 1, 0];
  const { comfygen, generate } = setUp(['succeed'], (part) => ({
    async *watch() {},
    async inspect(ref, ctx) {
      const snapshot = await part.inspect(ref, ctx);
      if (places.length === 0) return snapshot;
      return { ...snapshot, state: 'queued', outputs: [], queuePosition: places.shift() };
    },
  }));
  const told: number[] = [];
  comfygen.events.on('execute-queued', ({ ahead }) => told.push(ahead));
  await generate();
  expect(told).toEqual([3, 1, 0]);
});
