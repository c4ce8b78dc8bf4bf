import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { RunRecord, SelectorV1 } from '../spec/index.ts';
import { memoryJobStore } from '../stores/memory-stores.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import {
  indexOfPicture,
  type Script,
  scriptedBackend,
} from '../testing/reference/scripted-executor.ts';
import { backwards } from '../testing/reference/sound-parts.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { defineScorer } from '../util/define.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { ComfyGenEvents } from './events.ts';
import type { ComfyGenOptions } from './types.ts';

const smallFlow = (id: string) => defineFlow({ id, workflow: createTestGraph() });

/** Prefers the last image of a batch. */
const lastIsBest = defineScorer({
  name: 'last-is-best',
  version: '1',
  range: [0, 100],
  supports: { deterministic: true },
  async score({ image }) {
    const index = indexOfPicture(image.bytes);
    return { value: index, raw: { index }, warnings: [] };
  },
});

function setUp(
  scripts: readonly Script[],
  options: Partial<ComfyGenOptions> = {},
  change: Parameters<typeof wrapExecutor>[1] = () => ({}),
) {
  const scripted = scriptedBackend(scripts);
  const executor = wrapExecutor(scripted.create(), change);
  const comfygen = createComfyGen({
    flows: [smallFlow('one'), smallFlow('two')],
    executor,
    selector: backwards,
    clock: instantClock(),
    ...options,
  });
  const names: (keyof ComfyGenEvents)[] = [];
  for (const name of [
    'run-start',
    'plan-selected',
    'execute-start',
    'execute-retry',
    'execute-end',
    'image-scored',
    'run-end',
  ] as const) {
    comfygen.events.on(name, () => names.push(name));
  }
  return { ...scripted, executor, comfygen, names };
}

const codeOf = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return ComfygenError.is(error) ? error.code : error;
};

describe('generate', () => {
  it('chooses, runs, scores and records', async () => {
    const { comfygen, names } = setUp(['succeed'], { scorer: lastIsBest });
    const fractions: number[] = [];
    comfygen.events.on('execute-progress', ({ fraction }) => fractions.push(fraction));
    const result = await comfygen.generate('a red apple', { seed: 7, count: 3 });

    expect(result.flow.id).toBe('two');
    expect(result.images.map((image) => image.index)).toEqual([2, 1, 0]);
    expect(result.best.score?.value).toBe(2);
    expect(result.plan.workflow['positive']?.inputs['text']).toBe('a red apple');
    expect(result.plan.seed).toBe('7');
    expect(names).toEqual([
      'run-start',
      'plan-selected',
      'execute-start',
      'execute-end',
      'image-scored',
      'image-scored',
      'image-scored',
      'run-end',
    ]);
    expect(fractions).toEqual([0.2, 0.6, 1]);
    const kept: RunRecord | undefined = await comfygen.records.get(result.runId);
    expect(kept).toMatchObject({
      flowId: 'two',
      selector: 'backwards',
      probabilities: { two: 1, one: 0 },
      labels: ['test'],
    });
    expect(kept?.images.map((image) => image.score)).toEqual([2, 1, 0]);
  });

  it('makes the same plan for the same seed, and says a seed that it drew', async () => {
    const { comfygen } = setUp(['succeed']);
    const first = await comfygen.generate('a red apple', { seed: 7n });
    const again = await comfygen.generate('a red apple', { seed: 7 });
    expect(again.plan.hash).toBe(first.plan.hash);
    const drawn = await comfygen.generate('a red apple');
    expect(drawn.warnings).toContainEqual(
      expect.objectContaining({ code: 'seed-drawn', details: { seed: drawn.brief.seed } }),
    );
  });

  it('tries a passing failure again, then the next flow, then the next executor', async () => {
    const second = scriptedBackend(['succeed'], 'second').create();
    const first = scriptedBackend([
      { fail: 'HOST_FAULT', retryable: true },
      { fail: 'EXECUTION_FAILED' },
      { fail: 'HOST_FAULT' },
    ]).create();
    const { comfygen } = setUp(['succeed'], { executor: [first, second] });
    const result = await comfygen.generate('a red apple', { seed: 1 });
    expect(
      result.attempts.map(({ flowId, executor, outcome }) => `${flowId} ${executor} ${outcome}`),
    ).toEqual([
      'two scripted failed',
      'two scripted failed',
      'one scripted failed',
      'two second succeeded',
    ]);
    expect(result.executor).toBe('second');
    expect(result.warnings.map(({ code }) => code)).toEqual(['retried', 'fell-back', 'fell-back']);
  });

  it('never repeats a submit whose outcome is unknown', async () => {
    const { comfygen, submitted } = setUp([
      { refuse: new ComfygenError('SUBMIT_UNKNOWN', 'the connection broke') },
    ]);
    expect(await codeOf(comfygen.generate('a red apple'))).toBe('SUBMIT_UNKNOWN');
    expect(submitted).toHaveLength(1);
  });

  it('says every attempt when nothing worked', async () => {
    const { comfygen } = setUp([{ fail: 'EXECUTION_FAILED' }]);
    const error = await comfygen.generate('a red apple').catch((caught: unknown) => caught);
    expect(ComfygenError.is(error, 'NO_IMAGE') && error.message).toMatch(
      /two on scripted: EXECUTION_FAILED; one on scripted: EXECUTION_FAILED/,
    );
  });

  it('cancels the job once and rethrows the reason when the caller aborts', async () => {
    const { comfygen, canceled, names } = setUp(['hang']);
    const stop = new AbortController();
    const reason = new Error('enough');
    comfygen.events.on('execute-progress', () => stop.abort(reason));
    await expect(comfygen.generate('a red apple', { signal: stop.signal })).rejects.toBe(reason);
    expect(canceled).toHaveLength(1);
    expect(names.filter((name) => name === 'run-end')).toHaveLength(1);
  });

  it('runs nothing when the signal is already aborted', async () => {
    const { comfygen, submitted } = setUp(['succeed']);
    const reason = new Error('too late');
    await expect(
      comfygen.generate('a red apple', { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expect(submitted).toEqual([]);
  });

  it('gives up after timeoutMs and cancels', async () => {
    const { comfygen, canceled } = setUp(['hang'], { clock: undefined });
    expect(await codeOf(comfygen.generate('a red apple', { timeoutMs: 20 }))).toBe(
      'CLIENT_TIMEOUT',
    );
    expect(canceled).toHaveLength(1);
  });

  it('keeps the image when the scorer or a store fails', async () => {
    const broken = { ...lastIsBest, score: async () => Promise.reject(new Error('no eyes')) };
    const records = {
      append: async () => Promise.reject(new Error('disk full')),
      get: async () => undefined,
      async *list() {},
    };
    const { comfygen } = setUp(['succeed'], { scorer: broken, records });
    const { best, warnings } = await comfygen.generate('a red apple', { seed: 1 });
    expect(best.score).toBeNull();
    expect(warnings.map(({ code }) => code)).toEqual(['score-failed', 'record-not-kept']);
  });

  it('survives a listener that throws', async () => {
    const { comfygen, names } = setUp(['succeed']);
    comfygen.events.on('run-start', () => {
      throw new Error('listener');
    });
    comfygen.events.on('run-end', async () => {
      throw new Error('a promise');
    });
    const { warnings } = await comfygen.generate('a red apple', { seed: 1 });
    expect(warnings.map(({ code }) => code)).toContain('listener-failed');
    expect(names).toContain('run-end');
  });

  it('leaves out what a selector may not rank', async () => {
    const odd: SelectorV1 = {
      ...backwards,
      async select(request, ctx) {
        const selection = await backwards.select(request, ctx);
        return {
          ...selection,
          ranked: [
            { ...selection.ranked[0]!, flowId: 'stranger' },
            ...selection.ranked,
            ...selection.ranked,
          ],
        };
      },
    };
    const { comfygen } = setUp(['succeed'], { selector: odd });
    const { flow, warnings } = await comfygen.generate('a red apple', { seed: 1 });
    expect(flow.id).toBe('two');
    expect(warnings.filter(({ code }) => code === 'selection-corrected').length).toBeGreaterThan(0);
  });

  it('takes a forced flow, and names near ones for an unknown id', async () => {
    const { comfygen } = setUp(['succeed']);
    expect((await comfygen.generate('a red apple', { flow: 'one' })).flow.id).toBe('one');
    const error = await comfygen
      .generate('a red apple', { flow: 'on' })
      .catch((caught: unknown) => caught);
    expect(ComfygenError.is(error, 'NO_FLOW') && error.message).toContain('Did you mean one?');
  });

  it.each([
    ['an empty prompt', '  ', {}],
    ['10,001 characters', 'a'.repeat(10_001), {}],
    ['half a character', 'a \ud800 b', {}],
    ['a negative seed', 'a', { seed: -1 }],
    ['an unsafe seed', 'a', { seed: 2 ** 53 }],
    ['a seed above 64 bits', 'a', { seed: 2n ** 64n }],
    ['no images', 'a', { count: 0 }],
    ['size 0', 'a', { width: 0 }],
    ['a huge size', 'a', { height: 100_000 }],
  ])('refuses %s before any I/O', async (_what, prompt, options) => {
    const { comfygen, submitted } = setUp(['succeed']);
    expect(await codeOf(comfygen.generate(prompt, options))).toBe('INVALID_BRIEF');
    expect(submitted).toEqual([]);
  });

  it('carries a seed of 2^64 − 1 exactly', async () => {
    const { comfygen } = setUp(['succeed']);
    const { plan } = await comfygen.generate('a red apple', { seed: 2n ** 64n - 1n });
    expect(plan.workflow['sampler']?.inputs['seed']).toBe(18446744073709551615n);
    expect(plan.seed).toBe('18446744073709551615');
  });

  it('stops its runs when disposed of, and refuses new ones', async () => {
    const { comfygen, canceled } = setUp(['hang']);
    const run = codeOf(comfygen.generate('a red apple'));
    await new Promise<void>((resolve) => comfygen.events.once('execute-progress', () => resolve()));
    await Promise.all([comfygen.dispose(), comfygen.dispose()]);
    expect(await run).toBe('DISPOSED');
    expect(canceled).toHaveLength(1);
    expect(await codeOf(comfygen.generate('a red apple'))).toBe('DISPOSED');
  });

  it('refuses parts of another contract', () => {
    const executor = scriptedBackend(['succeed']).create();
    const build = (part: object) => () =>
      createComfyGen({ flows: [], executor: part as typeof executor });
    expect(build({ ...executor, spec: 'v9' })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_SPEC' }),
    );
    expect(build({ ...executor, role: 'scorer' })).toThrow(
      expect.objectContaining({ code: 'INVALID_PART' }),
    );
    expect(build({ ...executor, inspect: undefined })).toThrow(
      expect.objectContaining({ code: 'INVALID_PART' }),
    );
  });

  it('keeps a verdict with the record', async () => {
    const { comfygen } = setUp(['succeed']);
    const { runId, best } = await comfygen.generate('a red apple', { seed: 1 });
    await comfygen.feedback(runId, { value: 1, imageHash: best.hash });
    expect((await comfygen.records.get(runId))?.feedback).toMatchObject([
      { value: 1, imageHash: best.hash },
    ]);
    expect(await codeOf(comfygen.feedback('nobody', { value: 1 }))).toBe('NOT_FOUND');
  });

  it('runs two prompts at once without mixing them', async () => {
    const { comfygen } = setUp(['succeed'], { concurrency: 2 });
    const [apple, frog] = await Promise.all([
      comfygen.generate('a red apple', { seed: 1 }),
      comfygen.generate('a green frog', { seed: 2 }),
    ]);
    expect(apple.plan.workflow['positive']?.inputs['text']).toBe('a red apple');
    expect(frog.plan.workflow['positive']?.inputs['text']).toBe('a green frog');
    expect(apple.runId).not.toBe(frog.runId);
  });

  it('picks a job up from its stored entry', async () => {
    const { comfygen, executor } = setUp(['succeed']);
    const { plan, runId } = await comfygen.generate('a red apple', { seed: 1 });
    const later = createComfyGen({ flows: [], executor, clock: instantClock() });
    const ref = { executor: 'scripted', id: plan.id, submittedAt: 0 };
    const resumed = await later.resume({
      ref,
      runId,
      planId: plan.id,
      flowId: 'two',
      state: 'running',
    });
    expect(resumed.images).toHaveLength(1);
    expect(await codeOf(later.resume('nobody'))).toBe('NOT_FOUND');
  });

  it('keeps how a job ended that was picked up and made nothing', async () => {
    const { executor } = setUp(['succeed']);
    const jobs = memoryJobStore();
    const later = createComfyGen({ flows: [], executor, jobs, clock: instantClock() });
    const lost = { executor: 'scripted', id: 'gone', submittedAt: 0 };
    const base = { runId: 'r', planId: 'gone', flowId: 'two', state: 'queued' } as const;
    await jobs.put({ ref: lost, ...base });
    await expect(later.resume('gone')).rejects.toThrow();
    expect((await jobs.get('gone'))?.state).toBe('failed');
  });
});
