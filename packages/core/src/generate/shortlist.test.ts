import { describe, expect, it } from 'vitest';
import { defineFlow } from '../library/define-flow.ts';
import type { CandidateRecord, RankedFlow, RunRecord, Shortlist } from '../spec/index.ts';
import { createTestClock } from '../testing/clock/test-clock.ts';
import { instantClock } from '../testing/reference/instant-clock.ts';
import { type Script, scriptedBackend } from '../testing/reference/scripted-executor.ts';
import { createTestGraph } from '../testing/test-flow.ts';
import { defineScorer, defineSelector } from '../util/define.ts';
import { wrapExecutor } from '../util/wrap.ts';
import { createComfyGen } from './create-comfygen.ts';
import type { ComfyGenOptions } from './types.ts';

const FLOWS = ['a', 'b', 'c', 'd'];
const flows = FLOWS.map((id, n) =>
  defineFlow({ id, workflow: createTestGraph({ sampler: { steps: 4 + n } }) }),
);
const everything: Shortlist = { size: 3, stopAt: null, budgetMs: null };

/** Ranks the flows as they come and asks for a shortlist. */
function asking(shortlist: Shortlist, intervals: RankedFlow['interval'][] = []) {
  const learned: RunRecord[] = [];
  const selector = defineSelector({
    name: 'asking',
    supports: { deterministic: true },
    select: async ({ flows: offered }) => ({
      ranked: offered.map(({ id }, place) => ({
        flowId: id,
        score: 1 - place / 10,
        interval: intervals[place] ?? null,
        probability: place === 0 ? 1 : 0,
        reason: `place ${place + 1}`,
      })),
      labels: ['test'],
      reason: 'in order',
      shortlist,
      warnings: [],
    }),
    async learn(records) {
      learned.push(...records);
      return { warnings: [] };
    },
  });
  return { selector, learned };
}

/** Gives the pictures these scores, one after the other; the last repeats. */
function scoring(values: readonly (number | Error)[]) {
  let next = 0;
  return defineScorer({
    name: 'scripted',
    version: '1',
    range: [0, 1],
    supports: {},
    async score() {
      const value = values[Math.min(next++, values.length - 1)]!;
      if (value instanceof Error) throw value;
      return { value, raw: {}, warnings: [] };
    },
  });
}

function setUp(
  shortlist: Shortlist,
  scores: readonly (number | Error)[] | undefined,
  scripts: readonly Script[] = ['succeed'],
  options: Partial<ComfyGenOptions> & { intervals?: RankedFlow['interval'][] } = {},
) {
  const { intervals, ...host } = options;
  const { selector, learned } = asking(shortlist, intervals);
  const backend = scriptedBackend(scripts);
  const comfygen = createComfyGen({
    flows,
    selector,
    executor: backend.create(),
    ...(scores && { scorer: scoring(scores) }),
    maxRetries: 0,
    clock: instantClock(),
    ...host,
  });
  const ended: CandidateRecord[] = [];
  comfygen.events.on('candidate-end', ({ candidate }) => ended.push(candidate));
  return { comfygen, ended, learned, ...backend };
}

/** A scorer that takes 600 ms a picture, on a clock that moves by nothing else: no sleep of it ever ends. */
function slowScoring() {
  let now = 1_000;
  const fast = scoring([0.4]);
  const scorer = {
    ...fast,
    async score(...args: Parameters<typeof fast.score>) {
      now += 600;
      return fast.score(...args);
    },
  };
  const time = () => now;
  const clock = { now: time, monotonic: time, sleep: () => new Promise<void>(() => {}) };
  return { scorer, clock };
}

const told = (candidates: readonly CandidateRecord[]) =>
  candidates.map(({ flowId, outcome, score }) => [flowId, outcome, score]);

describe('a shortlist', () => {
  it('runs each of its flows and takes the best picture of all', async () => {
    const { comfygen, ended, submitted } = setUp(everything, [0.4, 0.9, 0.6]);
    const result = await comfygen.generate('a red apple', { seed: 7 });
    expect(submitted.map(({ flowId }) => flowId)).toEqual(['a', 'b', 'c']);
    expect(told(result.candidates)).toEqual([
      ['a', 'succeeded', 0.4],
      ['b', 'succeeded', 0.9],
      ['c', 'succeeded', 0.6],
    ]);
    expect(ended).toEqual(result.candidates);
    expect(result.images.map(({ flowId, index }) => [flowId, index])).toEqual([
      ['b', 1],
      ['c', 2],
      ['a', 0],
    ]);
    expect([result.flow.id, result.plan.flowId, result.best.flowId]).toEqual(['b', 'b', 'b']);
    expect(result.attempts.map(({ flowId }) => flowId)).toEqual(['a', 'b', 'c']);
  });

  it('is kept in one record, which a selector learns all of', async () => {
    const { comfygen, learned } = setUp({ ...everything, size: 2 }, [0.4, 0.5, 0.9, 0.7]);
    const { runId } = await comfygen.generate('a red apple', { seed: 7, count: 2 });
    const record = await comfygen.records.get(runId);
    expect(learned).toEqual([record]);
    expect(record).toMatchObject({ flowId: 'b', predictions: { a: 1, b: 0.9, c: 0.8, d: 0.7 } });
    expect(told(record!.candidates!)).toEqual([
      ['a', 'succeeded', 0.5],
      ['b', 'succeeded', 0.9],
    ]);
    expect(record!.images.map(({ flowId, score }) => [flowId, score])).toEqual([
      ['b', 0.9],
      ['b', 0.7],
      ['a', 0.5],
      ['a', 0.4],
    ]);
  });

  it('stops as soon as a picture is good enough', async () => {
    const { comfygen, submitted } = setUp({ ...everything, stopAt: 0.8 }, [0.4, 0.8]);
    const { candidates } = await comfygen.generate('a red apple', { seed: 7 });
    expect(submitted).toHaveLength(2);
    expect(candidates[2]).toEqual({
      flowId: 'c',
      outcome: 'skipped',
      score: null,
      reason: 'a picture has reached 0.8',
    });
  });

  it('starts no further flow when its time is over', async () => {
    const shortlist = { ...everything, budgetMs: 1_000 };
    const { comfygen, submitted } = setUp(shortlist, [], undefined, slowScoring());
    const { candidates } = await comfygen.generate('a red apple', { seed: 7 });
    expect(submitted.map(({ flowId }) => flowId)).toEqual(['a', 'b']);
    expect(candidates[2]?.reason).toBe('1000 ms are over');
  });

  it('starts no flow that the deadline would cut off', async () => {
    const { comfygen, submitted } = setUp(everything, [], undefined, slowScoring());
    const { candidates } = await comfygen.generate('a red apple', { seed: 7, timeoutMs: 1_500 });
    expect(submitted.map(({ flowId }) => flowId)).toEqual(['a', 'b']);
    expect(candidates[2]?.reason).toBe('the deadline is too near');
  });

  it('keeps its pictures where a later flow is still at work when the deadline is near', async () => {
    const clock = createTestClock({ waitsFor: 'turn' });
    const { comfygen, submitted, canceled } = setUp(everything, [0.4], ['succeed', 'hang'], {
      clock,
    });
    const result = await clock.run(
      comfygen.generate('a red apple', { seed: 7, timeoutMs: 60_000 }),
    );
    expect(told(result.candidates)).toEqual([
      ['a', 'succeeded', 0.4],
      ['b', 'failed', null],
      ['c', 'skipped', null],
    ]);
    expect(result.candidates.slice(1).map(({ reason }) => reason)).toEqual([
      'The deadline was too near.',
      'the deadline is too near',
    ]);
    expect(result.images.map(({ flowId }) => flowId)).toEqual(['a']);
    expect([submitted.length, canceled.length]).toEqual([2, 1]);
  });

  it('passes by a flow that cannot win by the predicted intervals', async () => {
    const { comfygen, submitted } = setUp(everything, [0.4], undefined, {
      intervals: [
        [0.6, 0.9],
        [0.1, 0.5],
        [0.5, 0.7],
      ],
    });
    const { candidates } = await comfygen.generate('a red apple', { seed: 7 });
    expect(submitted.map(({ flowId }) => flowId)).toEqual(['a', 'c']);
    expect(candidates[1]?.reason).toContain('cannot be better than a');
  });
});

describe('a shortlist in which something fails', () => {
  const broken: Script = { fail: 'EXECUTION_FAILED' };

  it('keeps what the others made', async () => {
    const { comfygen } = setUp(everything, [0.4, 0.2], ['succeed', broken, 'succeed']);
    const result = await comfygen.generate('a red apple', { seed: 7 });
    expect(told(result.candidates)).toEqual([
      ['a', 'succeeded', 0.4],
      ['b', 'failed', null],
      ['c', 'succeeded', 0.2],
    ]);
    expect(result.best.flowId).toBe('a');
    expect(result.attempts.map(({ outcome }) => outcome)).toEqual([
      'succeeded',
      'failed',
      'succeeded',
    ]);
    expect(result.warnings.map(({ code }) => code)).toContain('candidate-failed');
  });

  it('goes on through the ranking until there is one picture', async () => {
    const { comfygen } = setUp({ ...everything, size: 2 }, [0.4], [broken, broken, 'succeed']);
    const result = await comfygen.generate('a red apple', { seed: 7 });
    expect(result.flow.id).toBe('c');
  });

  it('throws what the last flow failed with where none made a picture', async () => {
    const { comfygen, submitted } = setUp(everything, [0.4], [broken]);
    await expect(comfygen.generate('a red apple', { seed: 7 })).rejects.toMatchObject({
      code: 'EXECUTION_FAILED',
    });
    expect(submitted).toHaveLength(3);
  });

  it.each<[string, Script, number]>([
    ['whose outcome is unknown', { refuse: new TypeError('reset') }, 1],
    ['that the backend refused for all', { fail: 'HOST_FAULT' }, 1],
  ])('submits nothing more after a job %s', async (_, script, made) => {
    const { comfygen, submitted } = setUp(everything, [0.4], ['succeed', script]);
    const { candidates } = await comfygen.generate('a red apple', { seed: 7 });
    expect(submitted).toHaveLength(2);
    expect(candidates.map(({ outcome }) => outcome)).toEqual(['succeeded', 'failed', 'skipped']);
    expect(candidates.filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(made);
  });

  it('takes the first where no picture can be scored', async () => {
    const { comfygen } = setUp(everything, [new Error('blind')]);
    const { best, candidates } = await comfygen.generate('a red apple', { seed: 7 });
    expect(best.flowId).toBe('a');
    expect(candidates.map(({ score }) => score)).toEqual([null, null, null]);
  });

  it('runs only the first without a scorer, and says so', async () => {
    const { comfygen, submitted } = setUp(everything, undefined);
    const { warnings, candidates } = await comfygen.generate('a red apple', { seed: 7 });
    expect(submitted).toHaveLength(1);
    expect(candidates).toEqual([{ flowId: 'a', outcome: 'succeeded', score: null }]);
    expect(warnings.map(({ code }) => code)).toContain('shortlist-not-run');
  });

  it('settles with the reason when the caller gives up, and cancels what runs', async () => {
    const stop = new AbortController();
    const reason = new Error('changed my mind');
    const backend = scriptedBackend(['succeed', 'hang']);
    const executor = wrapExecutor(backend.create(), (part) => ({
      async submit(plan, ctx) {
        const ref = await part.submit(plan, ctx);
        if (plan.flowId === 'b') stop.abort(reason);
        return ref;
      },
    }));
    const { comfygen } = setUp(everything, [0.4], undefined, { executor });
    const run = comfygen.generate('a red apple', { seed: 7, signal: stop.signal });
    await expect(run).rejects.toBe(reason);
    await comfygen.dispose();
    expect(backend.canceled).toEqual([backend.submitted[1]!.id]);
  });

  it('is left alone where a flow was asked for', async () => {
    const { comfygen, submitted } = setUp(everything, [0.4]);
    const { candidates } = await comfygen.generate('a red apple', { seed: 7, flow: 'c' });
    expect(submitted.map(({ flowId }) => flowId)).toEqual(['c']);
    expect(candidates).toHaveLength(1);
  });
});
