import { ComfygenError, defineSelector, type ScoreMatrix, type SelectorV1 } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { baselines } from '../baselines/baselines.ts';
import { seedRandom } from '../random.ts';
import { evaluateSelectors } from './evaluate-selectors.ts';
import type { Contestant, Evaluation, SelectorResult } from './types.ts';

const SUBJECTS = ['cat', 'dog', 'tower', 'bridge'];

/** Flow a is good at animals, flow b at buildings, flow c is never good; every fifth text occurs twice. */
function makeMatrix(count = 60, more: { labels?: boolean; prefix?: string } = {}): ScoreMatrix {
  const random = seedRandom('matrix', count);
  const prompts = Array.from({ length: count }, (_, row) => {
    const number = row % 5 === 4 ? row - 1 : row;
    const subject = SUBJECTS[number % 4]!;
    const labels = more.labels ? [number % 4 < 2 ? 'animal' : 'building'] : [];
    return { id: `${row}`, text: `${more.prefix ?? ''}${subject} number ${number}`, labels };
  });
  const scores = prompts.map(({ text }) => {
    const isAnimal = /cat|dog/.test(text);
    return [isAnimal ? 8 : 4.5, isAnimal ? 4 : 8, 1].map((score) => score + random.next());
  });
  return { flows: ['a', 'b', 'c'], prompts, scores };
}

/** A contestant whose selector ranks the offer by a function of the prompt. */
function contestant(
  name: string,
  rank: (prompt: string, offered: string[]) => string[],
  extra: Partial<SelectorV1> = {},
): Contestant {
  const selector = defineSelector({
    name,
    supports: { deterministic: true },
    async select({ brief, flows }) {
      const order = rank(
        brief.prompt,
        flows.map(({ id }) => id),
      );
      const ranked = order.map((flowId, index) => ({
        flowId,
        score: null,
        interval: null,
        probability: index === 0 ? 1 : 0,
        reason: 'test',
      }));
      return { ranked, labels: [], reason: 'test', warnings: [] };
    },
  });
  return { name, fit: () => ({ selector: { ...selector, ...extra }, modelBytes: null }) };
}

const knowing = contestant('knowing', (prompt, flows) =>
  /cat|dog/.test(prompt) ? flows : [...flows.filter((id) => id === 'b'), ...flows],
);

function rowOf({ selectors }: Evaluation, name: string): SelectorResult {
  const row = selectors.find(({ selector }) => selector === name);
  expect(row, name).toBeDefined();
  return row!;
}

/** All that is not a time. */
function withoutTimes({ selectors, ...rest }: Evaluation) {
  const times = { microsPerChoice: 0, microsP50: 0, microsP99: 0, trainSeconds: 0 };
  return { ...rest, selectors: selectors.map((row) => ({ ...row, ...times })) };
}

describe('evaluateSelectors', () => {
  it('puts the best single flow at 0, the oracle at 1, and who knows the rule between', async () => {
    const contestants = [...baselines(), knowing];
    const evaluation = await evaluateSelectors({ train: makeMatrix(), contestants, splits: 5 });
    expect(rowOf(evaluation, 'best-single')).toMatchObject({
      rho: { mean: 0, low: 0, high: 0 },
      worstSplit: 0,
    });
    const oracle = rowOf(evaluation, 'oracle');
    expect(oracle).toMatchObject({
      rho: { mean: 1, low: 1, high: 1 },
      regret: 0,
      top2: 1,
      top3: 1,
    });
    expect(oracle).toMatchObject({ microsPerChoice: null, trainSeconds: null, modelBytes: null });
    const { rho, score, regret } = rowOf(evaluation, 'knowing');
    expect(rho!.mean).toBeGreaterThan(0.9);
    expect(rho!.low).toBeLessThanOrEqual(rho!.mean);
    expect(rho!.high).toBeGreaterThanOrEqual(rho!.mean);
    expect(score + regret).toBeCloseTo(oracle.score, 9);
    expect(rowOf(evaluation, 'random').rho!.mean).toBeLessThan(0);
  });

  it('shows that knn and the label table find what texts and labels tell', async () => {
    const train = makeMatrix(120, { labels: true });
    const evaluation = await evaluateSelectors({ train, contestants: baselines(), splits: 4 });
    expect(rowOf(evaluation, 'knn').rho!.mean).toBeGreaterThan(0.5);
    expect(rowOf(evaluation, 'label-table')).toMatchObject({ usesLabels: true });
    expect(rowOf(evaluation, 'label-table').rho!.mean).toBeGreaterThan(0.9);
  });

  it('gives the labels of a test prompt only to those who say that they use them', async () => {
    const given: unknown[] = [];
    const select: SelectorV1['select'] = async ({ brief, flows }) => {
      given.push(brief.options);
      const ranked = [
        { flowId: flows[0]!.id, score: null, interval: null, probability: 1, reason: '' },
      ];
      return { ranked, labels: [], reason: '', warnings: [] };
    };
    const one = contestant('one', (_, flows) => flows, { select });
    const train = makeMatrix(10, { labels: true });
    await evaluateSelectors({ train, contestants: [one], splits: 1 });
    expect(new Set(given.splice(0).map((options) => JSON.stringify(options)))).toEqual(
      new Set(['{}']),
    );
    await evaluateSelectors({ train, contestants: [{ ...one, usesLabels: true }], splits: 1 });
    for (const options of given) {
      expect(options).toEqual({ one: { labels: [expect.stringMatching(/^(animal|building)$/)] } });
    }
  });

  it('leaves the label table out where there are no labels, and says so', async () => {
    const evaluation = await evaluateSelectors({ train: makeMatrix(), contestants: baselines() });
    expect(evaluation.selectors.map(({ selector }) => selector)).not.toContain('label-table');
    expect(evaluation.notes).toEqual([expect.stringContaining('no labels: label-table')]);
  });

  it('gives the same numbers for the same seed, and others for another', async () => {
    const options = { train: makeMatrix(), contestants: baselines(), splits: 3 };
    const [one, same, other] = await Promise.all(
      [1, 1, 2].map((seed) => evaluateSelectors({ ...options, seed })),
    );
    expect(withoutTimes(same!)).toEqual(withoutTimes(one!));
    expect(rowOf(other!, 'oracle').score).not.toBe(rowOf(one!, 'oracle').score);
  });

  it('never lets a fit see a test row, its text or its scores, nor labels that it may not use', async () => {
    const train = makeMatrix(60, { labels: true });
    const seen: ScoreMatrix[] = [];
    const asked: { fit: number; prompt: string }[] = [];
    const spy: Contestant = {
      name: 'spy',
      fit(matrix) {
        seen.push(structuredClone(matrix));
        const fit = seen.length - 1;
        // What it does to its copy must not reach the others.
        for (const row of matrix.scores) row.fill(0);
        return contestant('spy', (prompt, flows) => {
          asked.push({ fit, prompt });
          return flows;
        }).fit(matrix, { seed: 0, signal: new AbortController().signal });
      },
    };
    const splits = 6;
    const evaluation = await evaluateSelectors({
      train,
      contestants: [spy, ...baselines()],
      splits,
    });
    expect(seen).toHaveLength(splits);
    const distinct = new Set(train.prompts.map(({ text }) => text));
    for (const [fit, matrix] of seen.entries()) {
      const trained = new Set(matrix.prompts.map(({ text }) => text));
      const tested = new Set(asked.filter((one) => one.fit === fit).map(({ prompt }) => prompt));
      expect([...tested].filter((text) => trained.has(text))).toEqual([]);
      expect(trained.size).toBe(Math.round(0.7 * distinct.size));
      expect(trained.size + tested.size).toBe(distinct.size);
      const testScores = train.scores.filter((_, row) => !trained.has(train.prompts[row]!.text));
      const flat = new Set(matrix.scores.flat());
      expect(testScores.flat().filter((score) => flat.has(score))).toEqual([]);
      expect(matrix.prompts.every(({ labels }) => labels.length === 0)).toBe(true);
    }
    expect(rowOf(evaluation, 'label-table').rho!.mean).toBeGreaterThan(0.9);
  });

  it('judges by a test file, and does not train on texts that stand in it', async () => {
    const test = makeMatrix(20, { prefix: 'a ' });
    const train = makeMatrix(60);
    train.prompts[0] = { ...train.prompts[0]!, text: test.prompts[3]!.text.toUpperCase() };
    const fitted: ScoreMatrix[] = [];
    const spy = contestant('spy', (_, flows) => flows);
    const evaluation = await evaluateSelectors({
      train,
      test: {
        ...test,
        flows: ['c', 'a', 'b'],
        scores: test.scores.map(([a, b, c]) => [c!, a!, b!]),
      },
      contestants: [
        {
          ...spy,
          fit(matrix, context) {
            fitted.push(matrix);
            return spy.fit(matrix, context);
          },
        },
        knowing,
      ],
    });
    expect(evaluation).toMatchObject({
      train: { prompts: 60, flows: 3 },
      test: { prompts: 20, flows: 3 },
      splits: 1,
      trainShare: null,
      notes: ['1 of 60 training prompts stand in test too and were not trained on.'],
    });
    expect(fitted.map(({ prompts }) => prompts.length)).toEqual([59]);
    const row = rowOf(evaluation, 'knowing');
    expect(row.rho!.mean).toBeGreaterThan(0.9);
    expect(row.worstSplit).toBeCloseTo(row.rho!.mean, 12);
  });

  it('draws splits by text where test has the same prompts, judged by its scores', async () => {
    const train = makeMatrix(60);
    const test = { ...train, scores: train.scores.map(([a, b, c]) => [b!, a!, c!]) };
    const options = { train, test, contestants: [knowing], splits: 4 };
    const evaluation = await evaluateSelectors(options);
    expect(evaluation.notes).toEqual([expect.stringContaining('splits are drawn by text')]);
    expect(evaluation.splits).toBe(4);
    expect(rowOf(evaluation, 'knowing').rho!.mean).toBeLessThan(0);
  });

  it('adds a second panel that chooses by its own scores and is judged by the first', async () => {
    const train = makeMatrix(60);
    const random = seedRandom('panel');
    const noisy = train.scores.map((row) => row.map((score) => score! + 6 * random.next()));
    const raters = { ...train, scores: noisy };
    const evaluation = await evaluateSelectors({ train, raters, contestants: baselines() });
    const { rho, top3 } = rowOf(evaluation, 'second-panel');
    expect(rho!.mean).toBeGreaterThan(0);
    expect(rho!.mean).toBeLessThan(1);
    expect(top3).toBe(1);
  });

  it('offers only flows that were scored for the prompt', async () => {
    const train = makeMatrix(40);
    for (const row of train.scores) row[2] = null;
    train.scores[0]!.fill(null);
    const offers: string[][] = [];
    const curious = contestant('curious', (_, flows) => {
      offers.push(flows);
      return flows;
    });
    const evaluation = await evaluateSelectors({ train, contestants: [curious], splits: 2 });
    expect(new Set(offers.map((offer) => offer.join()))).toEqual(new Set(['a,b']));
    expect(evaluation.notes).toEqual(['1 of 40 prompts have no score and test nothing.']);
  });

  it('measures coverage and abstention as the selector tells them', async () => {
    const sure = contestant('sure', (_, flows) => flows, {
      async select({ flows }) {
        const ranked = flows.map(({ id }, index) => ({
          flowId: id,
          score: 0,
          // Flow a is always inside, flow b never, flow c has no interval.
          interval: ([[0, 10], [20, 30], null] as const)[index] as [number, number] | null,
          probability: index === 0 ? 1 : 0,
          reason: '',
        }));
        return { ranked, labels: [], reason: '', warnings: [], abstained: true };
      },
    });
    const evaluation = await evaluateSelectors({ train: makeMatrix(), contestants: [sure] });
    expect(rowOf(evaluation, 'sure')).toMatchObject({ coverage90: 0.5, abstained: 1 });
    expect(rowOf(evaluation, 'oracle')).toMatchObject({ coverage90: null, abstained: 0 });
  });

  it('drops what was not offered, and refuses a selector that ranks nothing', async () => {
    const wild = contestant('wild', (_, flows) => ['unknown', ...flows, ...flows]);
    const evaluation = await evaluateSelectors({
      train: makeMatrix(),
      contestants: [wild],
      splits: 1,
    });
    expect(rowOf(evaluation, 'wild').top2).not.toBeNull();
    await expect(
      evaluateSelectors({ train: makeMatrix(), contestants: [contestant('mute', () => [])] }),
    ).rejects.toMatchObject({
      code: 'PART_FAILED',
      message: expect.stringMatching(/^mute at prompt \d+: it ranked none/),
    });
  });

  it('tells what selectors warned of, each kind once', async () => {
    const select: SelectorV1['select'] = async ({ flows }) => {
      const flowId = flows[0]!.id;
      const ranked = [{ flowId, score: null, interval: null, probability: 1, reason: '' }];
      const warnings = [{ code: 'model-silent', message: 'The model said nothing.' }];
      return { ranked, labels: [], reason: '', warnings };
    };
    const worried = contestant('worried', (_, flows) => flows, { select });
    const train = makeMatrix(40);
    const { notes } = await evaluateSelectors({ train, contestants: [worried], splits: 2 });
    expect(notes).toEqual([
      expect.stringMatching(/^worried warned at (\d+) of \1 choices: The model said nothing\.$/),
    ]);
  });

  it('says which selector failed at which prompt', async () => {
    const broken = contestant('broken', () => {
      throw new Error('out of ideas');
    });
    await expect(evaluateSelectors({ train: makeMatrix(), contestants: [broken] })).rejects.toThrow(
      expect.objectContaining({
        code: 'PART_FAILED',
        message: expect.stringMatching(/^broken at prompt \d+: out of ideas/),
      }),
    );
  });

  it('stops where the signal aborts, with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const promise = evaluateSelectors({
      train: makeMatrix(),
      contestants: [knowing],
      signal: controller.signal,
      onProgress: ({ split }) => split === 3 && controller.abort(reason),
    });
    await expect(promise).rejects.toBe(reason);
  });

  it('tells how far it is', async () => {
    const seen: number[] = [];
    await evaluateSelectors({
      train: makeMatrix(),
      contestants: [knowing, contestant('other', (_, flows) => flows)],
      splits: 2,
      onProgress: ({ fraction }) => seen.push(fraction),
    });
    expect(seen).toEqual([0, 0.25, 0.5, 0.75]);
  });

  it.each([
    ['two of one name', { contestants: [knowing, knowing] }, 'two contestants are named knowing'],
    ['a taken name', { contestants: [{ ...knowing, name: 'oracle' }] }, 'the name oracle is taken'],
    ['no split', { splits: 0 }, 'splits must be a whole number from 1 to 1,000; got 0'],
    ['all of it for training', { trainShare: 1 }, 'trainShare must be above 0 and below 1'],
    ['a broken seed', { seed: 0.5 }, 'seed must be a whole number from 0'],
  ])('refuses %s', async (_, change, reason) => {
    const options = { train: makeMatrix(), contestants: [knowing], ...change };
    const error = await evaluateSelectors(options).catch((thrown: unknown) => thrown);
    expect(ComfygenError.is(error, 'INVALID_OPTIONS') && error.message).toContain(reason);
  });

  it.each([
    [
      'flows that only one file has',
      { test: { ...makeMatrix(), flows: ['a', 'b', 'x'] } },
      'test and train must have the same flows: test lacks c; train lacks x',
    ],
    [
      'raters of other prompts',
      { raters: makeMatrix(40) },
      'raters must have the prompts of train: it has no row for 40, 41, 42, 43, 44 and 15 more',
    ],
    ['one prompt', { train: makeMatrix(1) }, 'it has 1 distinct prompt; splits need two or more'],
    [
      'one flow',
      { train: { ...makeMatrix(), flows: ['a'], scores: makeMatrix().scores.map(([a]) => [a!]) } },
      'it has 1 flow; a choice needs two',
    ],
  ])('refuses %s', async (_, change, reason) => {
    const options = { train: makeMatrix(), contestants: [knowing], ...change };
    const error = await evaluateSelectors(options).catch((thrown: unknown) => thrown);
    expect(ComfygenError.is(error, 'INVALID_SCORES') && error.message).toContain(reason);
  });
});
