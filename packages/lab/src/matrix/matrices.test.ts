import { memoryRecordStore } from 'comfygen';
import type { RunRecord, ScoreMatrix } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { averageMatrices } from './average-matrices.ts';
import { matrixFromRecords } from './matrix-from-records.ts';

function named(name: string, scores: ScoreMatrix['scores'], change: Partial<ScoreMatrix> = {}) {
  const prompts = scores.map((_, row) => ({ id: `${row}`, text: `text ${row}`, labels: ['x'] }));
  return { name, matrix: { flows: ['a', 'b'], prompts, scores, ...change } };
}

describe('averageMatrices', () => {
  it('averages cell by cell, whatever the order of rows and columns', () => {
    const one = named('one', [
      [1, 2],
      [3, 4],
    ]);
    const other = named(
      'other',
      [
        [30, 20],
        [10, 0],
      ],
      {
        flows: ['b', 'a'],
        prompts: [...one.matrix.prompts].reverse(),
      },
    );
    expect(averageMatrices([one, other]).scores).toEqual([
      [0.5, 6],
      [11.5, 17],
    ]);
  });

  it('leaves a cell out that one of them lacks', () => {
    const { scores } = averageMatrices([named('one', [[1, null]]), named('other', [[3, 4]])]);
    expect(scores).toEqual([[2, null]]);
  });

  it.each([
    [
      'other flows',
      named('b.csv', [[1, 2]], { flows: ['a', 'c'] }),
      'b.csv lacks b; a.csv lacks c',
    ],
    ['fewer rows', named('b.csv', []), 'b.csv must have the prompts of a.csv: it has no row for 0'],
    [
      'more rows',
      named('b.csv', [
        [1, 2],
        [3, 4],
      ]),
      'a.csv must have the prompts of b.csv',
    ],
    [
      'another text',
      named('b.csv', [[1, 2]], { prompts: [{ id: '0', text: 'else', labels: [] }] }),
      'another prompt stands at 0',
    ],
  ])('refuses %s', (_, other, reason) => {
    expect(() => averageMatrices([named('a.csv', [[1, 2]]), other])).toThrow(
      expect.objectContaining({ code: 'INVALID_SCORES', message: expect.stringContaining(reason) }),
    );
  });
});

function record(prompt: string, flowId: string, scores: (number | null)[], more = {}): RunRecord {
  return {
    schema: 'comfygen/record@1',
    runId: `${prompt}-${flowId}-${scores}`,
    at: 0,
    prompt,
    brief: {},
    labels: [],
    selector: 'rules',
    probabilities: { [flowId]: 1 },
    choiceSeed: 0,
    flowId,
    planHash: '',
    executor: 'embedded',
    scorer: { name: 'technical', version: '1' },
    images: scores.map((score, seed) => ({
      hash: '',
      mediaType: 'image/png',
      seed: `${seed}`,
      score,
      raw: {},
    })),
    feedback: [],
    timings: { selectMs: 0, executeMs: 0, scoreMs: 0, totalMs: 0 },
    warnings: [],
    versions: {},
    ...more,
  };
}

describe('matrixFromRecords', () => {
  it('averages a prompt’s pictures by flow, over seeds and runs, and says what it left out', async () => {
    const result = await matrixFromRecords([
      record('a fox', 'two', [0.2, 0.4, null], { labels: ['wildlife'] }),
      record('a house', 'one', [0.9]),
      record('a fox', 'two', [0.9], { labels: ['nature'] }),
      record('a fox', 'one', [null]),
      record('a cat', 'one', []),
    ]);
    expect(result.matrix.flows).toEqual(['one', 'two']);
    expect(result.matrix.prompts).toEqual([
      { id: 'prompt-1', text: 'a fox', labels: ['nature', 'wildlife'] },
      { id: 'prompt-2', text: 'a house', labels: [] },
    ]);
    expect(result.matrix.scores).toEqual([
      [null, 0.5],
      [0.9, null],
    ]);
    expect(result.scorer).toEqual({ name: 'technical', version: '1' });
    expect(result.warnings).toEqual([
      {
        code: 'runs-without-score',
        message: '2 of 5 runs have no score and were left out.',
        details: { count: 2 },
      },
    ]);
  });

  it('gives the pictures of a shortlist to the flows that made them', async () => {
    const run = record('a fox', 'best', [0.9, 0.4, null]);
    for (const image of run.images.slice(1)) image.flowId = 'other';
    const { matrix } = await matrixFromRecords([run]);
    expect([matrix.flows, matrix.scores]).toEqual([['best', 'other'], [[0.9, 0.4]]]);
  });

  it('makes an empty matrix of no runs, read from a store', async () => {
    const { matrix, scorer } = await matrixFromRecords(memoryRecordStore().list());
    expect([matrix, scorer]).toEqual([{ flows: [], prompts: [], scores: [] }, null]);
  });

  it('refuses scores that can’t be compared', async () => {
    const other = { scorer: { name: 'technical', version: '2' } };
    const promise = matrixFromRecords([record('a', 'one', [1]), record('a', 'one', [1], other)]);
    await expect(promise).rejects.toMatchObject({
      code: 'INVALID_SCORES',
      message: expect.stringContaining('technical 1, technical 2'),
    });
  });
});
