import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { JobEntry } from '../spec/index.ts';
import { memoryJobStore } from '../stores/memory-stores.ts';
import { createTestClock } from '../testing/clock/test-clock.ts';
import { type Script, scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { backwards, byteWeight } from '../testing/reference/sound-parts.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapExecutor, wrapSelector } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';
// Loaded ahead: a module that loads meanwhile takes no turn of the clock.
import './run.ts';
import type { ComfyGenOptions, GenerateOptions, GenerateResult } from './types.ts';

/** A flow that takes no batch: each image is a job of its own. */
const single = (id: string) => {
  const workflow = createTestGraph();
  delete workflow['latent']!.inputs['batch_size'];
  return defineFlow({ id, workflow });
};

/** A backend that keeps its classes to itself, so that the graph is sent as it is. */
const backendOf = (scripts: Script[], name?: string) => {
  const backend = scriptedBackend(scripts, name);
  const inventory = async () => ({ catalogue: null, models: {}, source: 'unlisted' });
  return { ...backend, executor: wrapExecutor(backend.create(), () => ({ inventory })) };
};

function setUp(scripts: Script[], options: Partial<ComfyGenOptions> = {}) {
  const clock = createTestClock({ waitsFor: 'turn' });
  const jobs = memoryJobStore();
  const backend = backendOf(scripts);
  const comfygen = createComfyGen({
    flows: [single('one')],
    executor: backend.executor,
    jobs,
    clock,
    ...options,
  });
  const generate = (call: GenerateOptions = {}) =>
    clock.run(comfygen.generate('a red apple', { seed: 1, count: 4, ...call }));
  const states = async () => {
    const entries: JobEntry[] = [];
    for await (const entry of jobs.list()) entries.push(entry);
    return entries.map(({ state }) => state);
  };
  return { ...backend, clock, comfygen, generate, states };
}

const seeds = ({ images }: GenerateResult) => images.map(({ seed }) => seed);
const missing = ({ warnings }: Pick<GenerateResult, 'warnings'>) =>
  warnings.filter(({ code }) => code === 'images-missing');
const noKey: Script = { refuse: new ComfygenError('AUTH', 'no key') };

describe('a job that fails for good', () => {
  it("costs its own image: the others are made, and result and record say what there isn't", async () => {
    const { generate, submitted, states } = setUp([
      'succeed',
      'succeed',
      { fail: 'EXECUTION_FAILED' },
      'succeed',
    ]);
    const result = await generate();
    expect(seeds(result)).toEqual(['1', '2', '4']);
    expect(result.images.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect([submitted.length, result.plan.seed]).toEqual([4, '1']);
    const attempt = {
      flowId: 'one',
      executor: 'scripted',
      outcome: 'failed',
      error: { code: 'EXECUTION_FAILED', message: 'scripted EXECUTION_FAILED' },
    };
    expect(result.attempts).toEqual([attempt]);
    expect(missing(result)).toEqual([
      {
        code: 'images-missing',
        level: 'asked-not-given',
        message: '1 of 4 images could not be made (EXECUTION_FAILED: scripted EXECUTION_FAILED)',
        details: { count: 4, missing: 1, attempts: [attempt] },
      },
    ]);
    expect(missing(result.record)).toEqual(missing(result));
    expect(result.record.images).toHaveLength(3);
    expect(await states()).toEqual(['succeeded', 'succeeded', 'failed', 'succeeded']);
  });

  it('is tried again alone, and takes its place in the order', async () => {
    const { generate, submitted } = setUp([
      'succeed',
      { fail: 'HOST_FAULT', retryable: true },
      'succeed',
    ]);
    const result = await generate();
    expect(submitted.map(({ seed }) => seed)).toEqual(['1', '2', '3', '4', '2']);
    expect(seeds(result)).toEqual(['1', '2', '3', '4']);
    expect(result.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
    expect(missing(result)).toEqual([]);
  });

  it('is made by the next executor, as are those that were not begun', async () => {
    const first = backendOf(['succeed', noKey], 'first');
    const second = backendOf(['succeed'], 'second');
    const { generate } = setUp([], { executor: [first.executor, second.executor] });
    const result = await generate();
    expect(first.submitted.map(({ seed }) => seed)).toEqual(['1', '2']);
    expect(second.submitted.map(({ seed }) => seed)).toEqual(['2', '3', '4']);
    expect(seeds(result)).toEqual(['1', '2', '3', '4']);
    expect(result.executor).toBe('first');
    expect(missing(result)).toEqual([]);
  });

  it('is made by the next flow, and each image says whose it is', async () => {
    const scripts: Script[] = ['succeed', { fail: 'EXECUTION_FAILED' }, 'succeed'];
    const { generate } = setUp(scripts, { flows: [single('one'), single('two')] });
    const { images, candidates, record, flow } = await generate({ count: 3 });
    expect(images.map(({ seed, flowId }) => `${seed} ${flowId}`)).toEqual([
      '1 one',
      '2 two',
      '3 one',
    ]);
    expect(candidates.map(({ flowId }) => flowId)).toEqual(['one', 'two']);
    expect(record.candidates).toEqual(candidates);
    expect(flow.id).toBe('one');
  });

  it('of a batch that is split is made again with its own size and seed', async () => {
    const flows = [defineFlow({ id: 'one', workflow: createTestGraph(), batchSize: 2 })];
    const { generate, submitted } = setUp(
      ['succeed', { fail: 'HOST_FAULT', retryable: true }, 'succeed'],
      { flows },
    );
    const result = await generate({ count: 5 });
    expect(submitted.map(({ seed, brief }) => `${seed} ${brief.count}`)).toEqual([
      '1 2',
      '3 2',
      '5 1',
      '3 2',
    ]);
    expect(seeds(result)).toEqual(['1', '1', '3', '3', '5']);
  });

  it('before the others have ended costs none of them, nor those that were not begun', async () => {
    const scripts: Script[] = [{ fail: 'EXECUTION_FAILED' }, 'succeed'];
    const { generate, canceled, states } = setUp(scripts, { concurrency: 2 });
    expect(seeds(await generate())).toEqual(['2', '3', '4']);
    expect(canceled).toEqual([]);
    expect(await states()).toEqual(['failed', 'succeeded', 'succeeded', 'succeeded']);
  });
});

describe('what ends a run that has pictures', () => {
  it('a submit whose outcome is unknown: nothing more is submitted', async () => {
    const { generate, submitted, states } = setUp(['succeed', { refuse: new Error('hung up') }], {
      flows: [single('one'), single('two')],
    });
    const result = await generate();
    expect([seeds(result), submitted.length]).toEqual([['1'], 2]);
    expect(missing(result)[0]?.message).toMatch(/^3 of 4 .*SUBMIT_UNKNOWN: .*hung up/);
    expect(await states()).toEqual(['succeeded']);
  });

  it('a backend that takes no more jobs: what runs there goes on', async () => {
    const { generate, submitted, states } = setUp([noKey, 'succeed'], { concurrency: 2 });
    const result = await generate();
    expect([seeds(result), submitted.length]).toEqual([['2'], 2]);
    expect(missing(result)[0]?.message).toContain('3 of 4 images could not be made (AUTH: no key)');
    expect(await states()).toEqual(['succeeded']);
  });

  it('the deadline, in time', async () => {
    const { clock, generate, submitted, canceled, states } = setUp(['succeed', 'hang']);
    const from = clock.monotonic();
    const result = await generate({ timeoutMs: 30_000 });
    expect(clock.monotonic() - from, 'ms').toBeLessThanOrEqual(30_000);
    expect([seeds(result), submitted.length]).toEqual([['1'], 2]);
    expect(missing(result)[0]?.message).toContain(
      '3 of 4 images could not be made (CLIENT_TIMEOUT',
    );
    expect(result.attempts.map(({ error }) => error?.code)).toEqual(['CLIENT_TIMEOUT']);
    await clock.settle();
    expect(canceled).toHaveLength(1);
    expect(await states()).toEqual(['succeeded', 'canceled']);
    expect(clock.sleeping).toBe(0);
  });

  it("the caller's own signal: its reason is what the run rejects with", async () => {
    const stop = new AbortController();
    const { comfygen, generate, states } = setUp(['succeed', 'hang']);
    let begun = 0;
    comfygen.events.on('execute-progress', ({ fraction }) => {
      if (fraction === 0.6 && ++begun === 2) stop.abort('enough');
    });
    await expect(generate({ signal: stop.signal })).rejects.toBe('enough');
    expect(await states()).toEqual(['succeeded', 'canceled']);
  });

  it("the caller's own signal: what is finished by then has been handed over", async () => {
    const stop = new AbortController();
    const { generate } = setUp(['succeed', 'succeed', 'hang'], { concurrency: 3 });
    const taken: string[] = [];
    const onImage = ({ seed, index }: { seed: string; index: number }) => {
      taken.push(`${index}: ${seed}`);
      if (taken.length === 2) setImmediate(() => stop.abort('enough'));
    };
    await expect(generate({ signal: stop.signal, onImage })).rejects.toBe('enough');
    expect(taken).toEqual(['0: 1', '1: 2']);
  });

  it('a failure with a secret in it: the warning has it not', async () => {
    const text = 'http://me:hunter22@host/ says no';
    const { generate } = setUp(['succeed', { refuse: new Error(text) }]);
    const result = await generate({ count: 2 });
    expect(missing(result)).toHaveLength(1);
    expect(JSON.stringify([result.warnings, result.attempts, result.record])).not.toContain(
      'hunter22',
    );
  });

  it('and of a shortlist: no further flow is begun where nothing may be submitted', async () => {
    const flows = ['a', 'b'].map(single);
    const shortlist = { size: 2, stopAt: null, budgetMs: null };
    const selector = wrapSelector(backwards, (part) => ({
      select: async (...args) => ({ ...(await part.select(...args)), shortlist }),
    }));
    const scripts: Script[] = ['succeed', { refuse: new Error('hung up') }, 'succeed'];
    const { generate, submitted } = setUp(scripts, { flows, selector, scorer: byteWeight });
    const result = await generate({ count: 2 });
    expect([result.images.length, submitted.length]).toEqual([1, 2]);
    expect(result.candidates.map(({ outcome }) => outcome)).toEqual(['succeeded', 'skipped']);
    expect(missing(result)).toHaveLength(1);
  });
});
