import type { ScoreMatrix } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { testMatrix } from './__fixtures__/world.ts';
import { unpackRows } from './packed.ts';
import { trainLearned } from './train-learned.ts';

const matrix = testMatrix({ count: 60 });

describe('trainLearned', () => {
  it('gives equal bytes for equal scores and seeds', async () => {
    const text = JSON.stringify(await trainLearned(matrix, { seed: 3 }));
    expect(JSON.stringify(await trainLearned(structuredClone(matrix), { seed: 3 }))).toBe(text);
    expect((await trainLearned(matrix, { seed: 4 })).hash).not.toBe(JSON.parse(text).hash);
  });

  it('records what choices of left out prompts won', async () => {
    const { gain } = await trainLearned(testMatrix());
    expect(gain.prompts).toBe(120);
    expect(gain.changed).toBeGreaterThan(100);
    expect(gain.slope).toBeGreaterThan(0.7);
    expect(gain.slope).toBeLessThan(1.3);
  });

  it('counts prompts of one text once', async () => {
    const doubled: ScoreMatrix = {
      flows: matrix.flows,
      prompts: [...matrix.prompts, ...matrix.prompts],
      scores: [...matrix.scores, ...matrix.scores],
    };
    const [once, twice] = [await trainLearned(matrix), await trainLearned(doubled)];
    expect(twice.hash).toBe(once.hash);
  });

  it('learns from a matrix with holes', async () => {
    const holes = matrix.scores.map((row, at) =>
      row.map((score, flow) => ((at + flow) % 3 === 0 ? null : score)),
    );
    const { flows, gain } = await trainLearned({ ...matrix, scores: holes });
    expect(flows.map(({ count }) => count)).toEqual([40, 40, 40, 40]);
    const full = await trainLearned(matrix);
    for (const [at, { mean }] of flows.entries()) {
      expect(Math.abs(mean - full.flows[at]!.mean)).toBeLessThan(0.8);
    }
    expect(gain.prompts).toBeLessThan(60);
  });

  it('knows nothing of a flow without scores, and little of one with few', async () => {
    const scores = matrix.scores.map(([a, b, c], at) => [a!, b!, at < 5 ? c! : null, null]);
    const { flows, prior } = await trainLearned({ ...matrix, scores });
    expect(flows[3]).toMatchObject({ count: 0, mean: prior.mean });
    expect(flows[2]!.error).toBeGreaterThan(2 * flows[1]!.error);
    expect(flows[2]!.reach.below).toBeGreaterThan(0);
  });

  it('takes a flow of few scores to follow patterns as flows do that are about as good', async () => {
    const many = testMatrix();
    const twins = {
      ...many,
      flows: [...many.flows, 'twin'],
      scores: many.scores.map((row, at) => [...row, at < 8 ? row[1]! : null]),
    };
    const model = await trainLearned(twins);
    const [first] = unpackRows(model.loadings);
    const [usual, animals, , , twin] = first!;
    expect(Math.abs(twin!)).toBeGreaterThan(0);
    expect(Math.abs(twin!)).toBeLessThan(Math.max(Math.abs(usual!), Math.abs(animals!)));
  });

  it.each([1, 2, 29])('learns means, and proves no gain, from %i prompts', async (count) => {
    const { gain, flows } = await trainLearned(testMatrix({ count }));
    expect(gain).toMatchObject({ slope: 0, error: 0 });
    expect(flows.every(({ mean }) => Number.isFinite(mean))).toBe(true);
  });

  it.each<[string, Partial<ScoreMatrix>, string]>([
    ['no flow', { flows: [] }, 'no flow'],
    ['a flow twice', { flows: ['a', 'a', 'b', 'c'] }, 'twice'],
    ['fewer rows', { scores: matrix.scores.slice(1) }, '60 prompts and 59 rows'],
    ['a short row', { scores: matrix.scores.map((row) => row.slice(1)) }, 'prompt 0 has not 4'],
    ['no number', { scores: matrix.scores.map((row) => [...row.slice(1), Number.NaN]) }, 'finite'],
    ['no score', { scores: matrix.scores.map((row) => row.map(() => null)) }, 'no score'],
  ])('refuses %s', async (_, changes, message) => {
    await expect(trainLearned({ ...matrix, ...changes })).rejects.toMatchObject({
      code: 'INVALID_SCORES',
      message: expect.stringContaining(message),
    });
  });

  it('refuses options that it does not know', async () => {
    const wrong = { sede: 1 } as object;
    await expect(trainLearned(matrix, wrong)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('refuses vectors that are none', async () => {
    const embedder = {
      spec: 'v1',
      role: 'embedder',
      name: 'broken',
      version: '1',
      dimensions: 2,
      embed: async () => [Float32Array.from([1, Number.NaN])],
    } as const;
    await expect(trainLearned(matrix, { embedder })).rejects.toMatchObject({ code: 'PROTOCOL' });
  });

  it('rethrows the reason of an aborted signal', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(trainLearned(matrix, { signal })).rejects.toBe(reason);
  });
});
