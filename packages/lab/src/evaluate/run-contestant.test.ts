import { describe, expect, it } from 'vitest';
import { bestSingle } from '../baselines/simple.ts';
import { makeCases, numberTexts } from './make-cases.ts';
import { flowsOf } from './make-requests.ts';
import { type Round, runContestant } from './run-contestant.ts';
import { createEntry } from './summarize.ts';

const matrix = {
  flows: ['a', 'b'],
  prompts: ['a fox', 'a house', 'A  fox', 'a cat'].map((text, row) => ({
    id: `${row}`,
    text,
    labels: [],
  })),
  scores: [
    [1, 2],
    [3, 4],
    [5, 6],
    [8, 7],
  ],
};

describe('runContestant', () => {
  it('times the texts that are asked for the first time, over all splits', async () => {
    const numbers = numberTexts(matrix);
    const entry = createEntry(bestSingle);
    const signal = new AbortController().signal;
    for (const [split, testRows] of [
      [0, 1, 2],
      [1, 3],
    ].entries()) {
      const cases = makeCases(matrix, { train: matrix, testRows }, split, numbers);
      const round: Round = { split, train: matrix, cases };
      const flows = flowsOf(matrix.flows);
      await runContestant(bestSingle, entry, round, { flows, seed: 0, signal });
    }
    const timed = entry.outcomes.map(({ split, text, micros }) => [split, text, micros !== null]);
    expect(timed).toEqual([
      [0, 0, true],
      [0, 1, true],
      [0, 0, false],
      [1, 1, false],
      [1, 2, true],
    ]);
    expect(entry.outcomes.map(({ score }) => score)).toEqual([2, 4, 6, 4, 7]);
    expect(entry.fits).toHaveLength(2);
  });
});
