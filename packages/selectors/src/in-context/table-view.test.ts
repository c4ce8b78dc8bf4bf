import { sealScoreTable } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { table } from '../language-model/__fixtures__/scripted-model.ts';
import { viewTable } from './table-view.ts';

const SCORES = table(
  { a: 0.5, b: 0.6, c: 0.5 },
  { anime: [0.9, 0.5, 0.4], urban: [0.1, 0.6, 0.8] },
);

const { schema: _schema, hash: _hash, ...content } = SCORES;

describe('viewTable', () => {
  const view = viewTable(SCORES);

  it('ranks by the mean over the labels, equal ones by id', () => {
    expect(view.rank(['c', 'b', 'a'], ['anime', 'urban'])).toEqual([
      { flowId: 'c', score: expect.closeTo(0.6, 9) },
      { flowId: 'b', score: expect.closeTo(0.55, 9) },
      { flowId: 'a', score: expect.closeTo(0.5, 9) },
    ]);
    expect(view.rank(['c', 'a'], []).map(({ flowId }) => flowId)).toEqual(['a', 'c']);
  });

  it('ranks over all prompts where it knows none of the labels', () => {
    expect(view.rank(['a', 'b', 'new'], ['magic']).map(({ flowId }) => flowId)).toEqual(['b', 'a']);
    expect(view.known(['magic', 'urban'])).toEqual(['urban']);
  });

  it('knows only flows that were scored', () => {
    const cell = (count: number) => ({ mean: 0.5, standardError: null, count });
    const sparse = viewTable(
      sealScoreTable({ ...content, labels: [], byLabel: [], overall: [cell(1), cell(0), cell(2)] }),
    );
    expect(['a', 'b', 'c', 'd'].filter(sparse.has)).toEqual(['a', 'c']);
  });

  it('states the gain over the best single flow of the offer', () => {
    expect(view.gain('a', ['a', 'b', 'c'], ['anime'])).toMatchObject({
      over: 'b',
      mean: expect.closeTo(0.4, 9),
    });
    expect(view.gain('c', ['a', 'c'], ['urban'])).toMatchObject({ over: 'a' });
    expect(view.gain('b', ['a', 'b', 'c'], ['anime'])).toEqual({
      over: 'b',
      mean: 0,
      interval: [0, 0],
    });
  });

  it('states no gain where an error is not known', () => {
    const once = { mean: 0.5, standardError: null, count: 1 };
    const bare = sealScoreTable({ ...content, overall: [once, ...content.overall.slice(1)] });
    expect(viewTable(bare).gain('a', ['a', 'b'], [])).toBeUndefined();
    expect(view.gain('new', ['a', 'b', 'new'], [])).toBeUndefined();
  });
});
