import { createCallContext, createRandom, type RunRecord, sealScoreTable } from 'comfygen/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saying, testRecord, testRequest } from '../__fixtures__/parts.ts';
import { thompsonChances } from './chances.ts';
import { explore } from './explore.ts';
import type { ExploreOptions } from './options.ts';

const IDS = ['a', 'b', 'c', 'd'];
const said = { a: { score: 0.9 }, b: { score: 0.6 }, c: { score: 0.5 }, d: { score: 0.1 } };
const ctx = createCallContext();
const request = (seed: number, choiceSeed = 1) => {
  const base = testRequest(IDS, { choiceSeed });
  return { ...base, brief: { ...base.brief, seed } };
};

/** Records of runs in which `flowId` had these scores. */
function runs(flowId: string, scores: readonly number[], changes: Partial<RunRecord> = {}) {
  return scores.map((score, n) =>
    testRecord(flowId, score, { [flowId]: 1 }, { runId: `${flowId}-${n}`, ...changes }),
  );
}

async function chances(selector: ReturnType<typeof explore>) {
  const { ranked } = await selector.select(request(1), ctx);
  return Object.fromEntries(ranked.map(({ flowId, probability }) => [flowId, probability]));
}

const all: ExploreOptions[] = [
  { policy: 'thompson' },
  { policy: 'epsilon' },
  { policy: 'softmax' },
];

describe.each(all)('explore with %j', (options) => {
  it('draws each flow as often as its chance says', async () => {
    const selector = explore(saying(said), { ...options, floor: 0.02 });
    const expected = await chances(selector);
    const drawn = new Map<string, number>();
    const total = 4_000;
    for (let seed = 0; seed < total; seed += 1) {
      const { ranked } = await selector.select(request(seed), ctx);
      const first = ranked[0]!.flowId;
      drawn.set(first, (drawn.get(first) ?? 0) + 1);
    }
    for (const [flowId, chance] of Object.entries(expected)) {
      const deviation = Math.sqrt((chance * (1 - chance)) / total);
      expect(Math.abs((drawn.get(flowId) ?? 0) / total - chance)).toBeLessThan(4 * deviation);
    }
    expect(Object.values(expected).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  it('gives the same bytes for the same request, and draws anew for another seed', async () => {
    const select = async (choiceSeed: number) =>
      JSON.stringify(
        await explore(saying(said), { ...options, floor: 0.1 }).select(request(7, choiceSeed), ctx),
      );
    expect(await select(3)).toBe(await select(3));
    const answers = await Promise.all(Array.from({ length: 40 }, (_, seed) => select(seed)));
    expect(new Set(answers).size).toBeGreaterThan(1);
  });

  it('comes to prefer what does well', async () => {
    const selector = explore(saying(said), options);
    const before = await chances(selector);
    const good = runs(
      'c',
      Array.from({ length: 60 }, (_, n) => 0.9 + (n % 3) / 100),
    );
    const bad = runs(
      'a',
      Array.from({ length: 60 }, (_, n) => 0.1 + (n % 3) / 100),
    );
    await selector.learn([...good, ...bad], ctx);
    const after = await chances(selector);
    expect(after['c']!).toBeGreaterThan(before['c']!);
    expect(after['c']!).toBeGreaterThan(0.8);
  });
});

describe('explore', () => {
  it('ranks only what the selector ranks, and chooses the one flow there is', async () => {
    const { ranked } = await explore(saying({ b: {} })).select(testRequest(IDS), ctx);
    expect(ranked).toMatchObject([{ flowId: 'b', probability: 1 }]);
  });

  it('says nothing of the selector’s first where another one is drawn', async () => {
    const gain = { over: 'b', mean: 1, interval: [0, 2] as [number, number] };
    const selector = explore(saying(said, { gain, abstained: true }), { floor: 0.1 });
    for (let seed = 0; seed < 20; seed += 1) {
      const selection = await selector.select(request(seed), ctx);
      const isFirst = selection.ranked[0]!.flowId === 'a';
      expect([selection.gain, selection.abstained]).toEqual(
        isFirst ? [gain, true] : [undefined, undefined],
      );
    }
  });

  it('learns by label', async () => {
    const selector = explore(saying(said), { policy: 'epsilon', rate: 0 });
    const elsewhere = { labels: ['urban'] };
    await selector.learn(
      [
        ...runs('b', Array(50).fill(0.9)),
        ...runs('c', Array(50).fill(0.4)),
        ...runs('b', Array(50).fill(0), elsewhere).map((one) => ({
          ...one,
          runId: `u-${one.runId}`,
        })),
        ...runs('c', Array(50).fill(0.8), elsewhere).map((one) => ({
          ...one,
          runId: `u-${one.runId}`,
        })),
      ],
      ctx,
    );
    // Over all runs c is better (0.6 against 0.45); for wildlife b is.
    expect((await selector.select(request(1), ctx)).ranked[0]?.flowId).toBe('b');
  });

  it('learns from every flow of a shortlist', async () => {
    const selector = explore(saying(said), { policy: 'epsilon', rate: 0 });
    const image = testRecord('c', 0.9, {}).images[0]!;
    const images = [image, { ...image, flowId: 'a', score: 0.1 }];
    const record = (n: number) => testRecord('c', 0.9, { a: 1 }, { runId: `${n}`, images });
    await selector.learn(
      Array.from({ length: 30 }, (_, n) => record(n)),
      ctx,
    );
    expect((await selector.select(request(1), ctx)).ranked.map(({ flowId }) => flowId)[0]).toBe(
      'c',
    );
    expect(selector.exportState().flows['a']?.count).toBeGreaterThan(25);
  });

  it('counts a run once that comes again with a verdict', async () => {
    const selector = explore(saying(said));
    const [record] = runs('a', [0.5]);
    await selector.learn([record!], ctx);
    await selector.learn([{ ...record!, feedback: [{ value: 1, at: 0 }] }], ctx);
    expect(selector.exportState().runs).toBe(1);
  });

  it('learns from verdicts where it is told to', async () => {
    const selector = explore(saying(said), { reward: 'feedback' });
    const [record] = runs('a', [0.5]);
    await selector.learn([record!], ctx);
    expect(selector.exportState().runs).toBe(0);
    await selector.learn([{ ...record!, feedback: [{ value: 1, at: 0 }] }], ctx);
    expect(selector.exportState().flows['a']?.sum).toBe(1);
  });

  it('recovers after a flow turned bad', async () => {
    const selector = explore(saying(said), { policy: 'epsilon', rate: 0, memory: 50 });
    await selector.learn(
      [...runs('a', Array(200).fill(0.9)), ...runs('b', Array(50).fill(0.7))],
      ctx,
    );
    expect((await selector.select(request(1), ctx)).ranked[0]?.flowId).toBe('a');
    const worse = runs('a', Array(60).fill(0.2)).map((one) => ({
      ...one,
      runId: `w-${one.runId}`,
    }));
    await selector.learn(worse, ctx);
    expect((await selector.select(request(1), ctx)).ranked[0]?.flowId).toBe('b');
  });

  it('begins with a table', async () => {
    const cell = (mean: number) => ({ mean, standardError: 0.02, count: 25 });
    const warmStart = sealScoreTable({
      scorer: null,
      prompts: 25,
      flows: IDS,
      labels: [{ label: 'wildlife', prompts: 5 }],
      overall: [cell(0.5), cell(0.9), cell(0.2), cell(0.2)],
      byLabel: [[cell(0.5), cell(0.4), cell(0.9), cell(0.2)]],
    });
    const selector = explore(saying(said), { warmStart });
    expect((await chances(selector))['c']).toBeGreaterThan(0.9);
  });

  it('learns what predictions miss where they are on the scorer’s scale', async () => {
    const selector = explore(saying(said), { scale: 'scorer', policy: 'epsilon', rate: 0 });
    const predictions = { a: 0.9, b: 0.6, c: 0.5, d: 0.1 };
    await selector.learn(
      [
        ...runs('a', Array(40).fill(0.5), { predictions }),
        ...runs('b', Array(40).fill(0.6), { predictions }),
      ],
      ctx,
    );
    // a does 0.4 worse than was predicted.
    expect((await selector.select(request(1), ctx)).ranked[0]?.flowId).toBe('b');
  });

  it('goes on from a state that was kept', async () => {
    const selector = explore(saying(said));
    await selector.learn(runs('c', Array(30).fill(0.9)), ctx);
    const state = JSON.parse(JSON.stringify(selector.exportState()));
    const next = explore(saying(said), { state });
    expect(await next.select(request(3), ctx)).toEqual(await selector.select(request(3), ctx));
    expect(next.exportState()).toEqual(state);
    expect(() => explore(saying(said), { state: { ...state, runs: 31 } })).toThrow(
      expect.objectContaining({ code: 'INVALID_MODEL' }),
    );
    expect(() => explore(saying(said), { state, scale: 'scorer' })).toThrow(/start without it/);
  });

  it.each([
    { rate: -1 },
    { policy: 'epsilon', rate: 2 },
    { policy: 'softmax', rate: 0 },
    { policy: 'ucb' },
    { floor: 0.5 },
  ])('refuses %j', (options) => {
    expect(() => explore(saying(said), options as ExploreOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS' }),
    );
  });
});

describe('thompsonChances', () => {
  it('is the chance to be the highest of two normal values', () => {
    // P(N(0.3, 0.2²) > N(0, 0.1²)) = Φ(0.3 / √0.05) = 0.910144
    const [first, second] = thompsonChances(
      [
        { mean: 0.3, deviation: 0.2 },
        { mean: 0, deviation: 0.1 },
      ],
      1,
    );
    expect(first).toBeCloseTo(0.910_143_752_56, 9);
    expect(second).toBeCloseTo(0.089_856_247_44, 9);
  });

  it('agrees with drawing from the beliefs', () => {
    const random = createRandom(5);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const beliefs = [
      { mean: 0, deviation: 1 },
      { mean: 0.5, deviation: 0.3 },
      { mean: 0.4, deviation: 0.6 },
      { mean: -3, deviation: 0.2 },
    ];
    const wins = [0, 0, 0, 0];
    const total = 100_000;
    for (let trial = 0; trial < total; trial += 1) {
      const values = beliefs.map(({ mean, deviation }) => mean + deviation * normal());
      wins[values.indexOf(Math.max(...values))]! += 1;
    }
    for (const [place, chance] of thompsonChances(beliefs, 1).entries()) {
      expect(Math.abs(wins[place]! / total - chance)).toBeLessThan(0.008);
    }
  });

  it('always gives chances', () => {
    const belief = fc.record({
      mean: fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      deviation: fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(belief, { minLength: 1, maxLength: 8 }), (beliefs) => {
        const chances = thompsonChances(beliefs, 1);
        expect(chances.every((chance) => chance >= 0 && chance <= 1)).toBe(true);
        expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 9);
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});
