import { describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { defineFlow } from '../library/define-flow.ts';
import type { JobStore, RecordStore, Score, ScorerV1, SelectorV1 } from '../spec/index.ts';
import { memoryJobStore, memoryRecordStore } from '../stores/memory-stores.ts';
import { createTestClock } from '../testing/clock/test-clock.ts';
import { scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { backwards, byteWeight } from '../testing/reference/sound-parts.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { wrapScorer, wrapSelector } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';
// Loaded ahead: a module that loads meanwhile takes no turn of the clock.
import './resume.ts';
import './feedback.ts';
import './run.ts';
import type { ComfyGenOptions, GenerateOptions } from './types.ts';

const never = () => new Promise<never>(() => {});
const flows = [defineFlow({ id: 'one', workflow: createTestGraph() })];

function setUp(options: Partial<ComfyGenOptions> = {}) {
  const clock = createTestClock({ waitsFor: 'turn' });
  const { create, submitted } = scriptedBackend(['succeed']);
  const comfygen = createComfyGen({ flows, executor: create(), clock, ...options });
  const generate = (call: GenerateOptions = {}) =>
    clock.run(comfygen.generate('a red apple', { seed: 1, ...call }));
  return { clock, comfygen, submitted, generate };
}

const scoring = (score: ScorerV1['score']) => wrapScorer(byteWeight, () => ({ score }));
const answering = (answer: unknown) => scoring(async () => answer as Score);
const learning = (learn: SelectorV1['learn']) => wrapSelector(backwards, () => ({ learn: learn! }));
const sound = { value: 0.5, raw: {}, warnings: [] };
const trap = (text: string) => ({
  get warnings(): never {
    throw new TypeError(text);
  },
});

describe('a finished picture', () => {
  it.each<[what: string, options: Partial<ComfyGenOptions>, code: string]>([
    ['a scorer that never settles', { scorer: scoring(never) }, 'score-failed'],
    ['a score of another kind', { scorer: answering({ ...sound, value: '0.5' }) }, 'score-failed'],
    ['a score without measures', { scorer: answering({ value: 1, warnings: [] }) }, 'score-failed'],
    [
      'half a member',
      { scorer: answering({ ...sound, members: [{ name: 'a' }] }) },
      'score-failed',
    ],
    ['a score that throws when read', { scorer: answering(trap('no')) }, 'score-failed'],
    [
      'evidence that never ends',
      { scorer: answering({ ...sound, evidence: endless() }) },
      'score-failed',
    ],
    [
      'warnings that are none',
      { scorer: answering({ ...sound, warnings: [7] }) },
      'warning-unread',
    ],
    [
      'a scorer that throws no error',
      { scorer: scoring(() => Promise.reject(Object.create(null))) },
      'score-failed',
    ],
    [
      'a store that never settles',
      { records: { ...memoryRecordStore(), append: never } },
      'record-not-kept',
    ],
    [
      'a store that throws at once',
      {
        records: {
          ...memoryRecordStore(),
          append() {
            throw Symbol('full');
          },
        },
      },
      'record-not-kept',
    ],
    [
      'a selector that never learns',
      { scorer: byteWeight, selector: learning(never) },
      'not-learned',
    ],
    [
      'a lesson that throws when read',
      { scorer: byteWeight, selector: learning(async () => trap('no')) },
      'not-learned',
    ],
  ])('outlives %s', async (_, options, code) => {
    const { generate, submitted } = setUp(options);
    const { images, record, warnings } = await generate();
    expect([images.length, record.images.length, submitted.length]).toEqual([1, 1, 1]);
    expect(warnings.map((one) => one.code)).toContain(code);
    expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  });

  it('outlives a job store that takes nothing any more', async () => {
    const jobs: JobStore = memoryJobStore();
    const hangs: JobStore = {
      ...jobs,
      put: (entry) => (entry.state === 'succeeded' ? never() : jobs.put(entry)),
    };
    const { clock, generate } = setUp({ jobs: hangs });
    const from = clock.monotonic();
    const { images, warnings } = await generate();
    expect(images).toHaveLength(1);
    expect(warnings.map(({ code }) => code)).toContain('job-not-stored');
    expect(clock.monotonic() - from, 'ms').toBeLessThan(20_000);
  });

  it('comes at the deadline where scorer, store and selector all hang', async () => {
    const { clock, generate } = setUp({
      scorer: scoring(never),
      records: { ...memoryRecordStore(), append: never },
    });
    const from = clock.monotonic();
    const { images, warnings } = await generate({ timeoutMs: 20_000 });
    expect(images).toHaveLength(1);
    expect(warnings.map(({ code }) => code)).toEqual(['score-failed', 'record-not-kept']);
    expect(clock.monotonic() - from, 'ms').toBeLessThanOrEqual(20_000);
  });

  it('waits as long as its host says, and once for a scorer that does not answer', async () => {
    let asked = 0;
    const scorer = scoring(() => {
      asked += 1;
      return never();
    });
    const { clock, generate } = setUp({ scorer, timeouts: { scoreMs: 100_000 } });
    const from = clock.monotonic();
    const { images } = await generate({ count: 4 });
    expect([images.length, asked]).toEqual([4, 1]);
    expect(clock.monotonic() - from, 'ms').toBeLessThan(150_000);
  });

  it('keeps its bytes whatever a scorer does to its own', async () => {
    const { generate } = setUp({
      scorer: scoring(async ({ image }) => {
        structuredClone(image.bytes, { transfer: [image.bytes.buffer] });
        return sound;
      }),
    });
    const plain = await setUp().generate();
    const { best } = await generate();
    expect(best.bytes.length).toBeGreaterThan(0);
    expect(best.hash).toBe(plain.best.hash);
    expect(best.bytes).toEqual(plain.best.bytes);
  });
});

describe('onImage', () => {
  it('gets each picture before it is scored, and is waited for', async () => {
    const order: string[] = [];
    const scorer = scoring(async () => {
      order.push('score');
      return sound;
    });
    const { clock, generate } = setUp({ scorer });
    const { images } = await generate({
      count: 2,
      async onImage(image) {
        await clock.sleep(5);
        order.push(`${image.index} ${image.hash}`);
        image.bytes.fill(0);
      },
    });
    const made = images.toSorted((a, b) => a.index - b.index);
    expect(order).toEqual([`0 ${made[0]!.hash}`, `1 ${made[1]!.hash}`, 'score', 'score']);
    expect(made[0]!.bytes.some((byte) => byte !== 0)).toBe(true);
  });

  it.each([
    [
      'fails',
      () => Promise.reject(new Error('disk full')),
      'onImage failed for image 1: disk full',
    ],
    ['hangs', never, 'onImage failed for image 1: It took longer than 60000 ms.'],
  ])('costs a warning where it %s', async (_, onImage, message) => {
    const { images, warnings } = await setUp().generate({ onImage });
    expect(images).toHaveLength(1);
    expect(warnings).toContainEqual({ code: 'image-not-taken', level: 'asked-not-given', message });
  });

  it('has all of a batch though the run is stopped while it keeps the first', async () => {
    const stop = new AbortController();
    const taken: number[] = [];
    const run = setUp().generate({
      count: 3,
      signal: stop.signal,
      onImage({ index }) {
        taken.push(index);
        stop.abort('enough');
        return never();
      },
    });
    await expect(run).rejects.toBe('enough');
    expect(taken).toEqual([0, 1, 2]);
  });

  it('has the picture though the run is stopped while it is scored', async () => {
    const stop = new AbortController();
    const scorer = scoring(() => {
      stop.abort('enough');
      return never();
    });
    const taken: string[] = [];
    const run = setUp({ scorer }).generate({
      signal: stop.signal,
      onImage: ({ hash }) => taken.push(hash),
    });
    await expect(run).rejects.toBe('enough');
    expect(taken).toHaveLength(1);
  });
});

describe('a store that hangs', () => {
  const records: RecordStore = {
    ...memoryRecordStore(),
    get: never,
    append: never,
  };
  const entry = {
    ref: { executor: 'scripted', id: 'a', submittedAt: 0 },
    planId: 'p',
    runId: 'r',
    flowId: 'one',
    state: 'queued' as const,
  };

  it('ends feedback in time, and not only the first', async () => {
    const { clock, comfygen } = setUp({ records });
    const verdicts = Promise.allSettled([1, 0].map((value) => comfygen.feedback('r', { value })));
    const ends = await clock.run(verdicts, 25_000);
    for (const end of ends) {
      expect(end.status).toBe('rejected');
      expect(ComfygenError.is((end as PromiseRejectedResult).reason, 'CLIENT_TIMEOUT')).toBe(true);
    }
  });

  it('ends resume in time, and dispose', async () => {
    const jobs: JobStore = { ...memoryJobStore(), get: never, put: never };
    const { clock, comfygen } = setUp({ jobs });
    const late = clock.run(comfygen.resume('p'), 11_000);
    await expect(late).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT' });
    const [resumed] = await clock.run(
      Promise.all([Promise.allSettled([comfygen.resume('p')]), comfygen.dispose()]),
      15_000,
    );
    expect(resumed[0]).toMatchObject({ status: 'rejected', reason: { code: 'DISPOSED' } });
  });

  it('costs no picture of a job that is resumed', async () => {
    const { create } = scriptedBackend(['succeed']);
    const { clock, generate, comfygen } = setUp({ executor: create() });
    const { plan } = await generate();
    const jobs: JobStore = { ...memoryJobStore(), put: never };
    const later = createComfyGen({ flows, executor: create(), jobs, clock });
    const given = { ...entry, ref: { ...entry.ref, id: plan.id } };
    const { images, warnings } = await clock.run(later.resume(given, { timeoutMs: 3_000 }), 3_000);
    expect([images.length, warnings[0]?.code]).toEqual([1, 'job-not-stored']);
    await comfygen.dispose();
  });
});

/** A value that has one more inside of it, whenever one looks. */
function endless(): object {
  return new Proxy({}, { get: endless, ownKeys: () => ['more'], getOwnPropertyDescriptor });
}
function getOwnPropertyDescriptor() {
  return { configurable: true, enumerable: true, value: endless() };
}
