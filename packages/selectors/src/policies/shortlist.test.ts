import { createCallContext } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { saying, testRequest } from './__fixtures__/parts.ts';
import { type ShortlistOptions, shortlist } from './shortlist.ts';

const said = { a: {}, b: {}, c: {}, d: {} };
const select = (options: ShortlistOptions, ids = ['a', 'b', 'c', 'd']) =>
  shortlist(saying(said), options).select(testRequest(ids), createCallContext());

describe('shortlist', () => {
  it('asks for as many flows as there are, with its limits', async () => {
    const options = { size: 3, stopAt: 0.8, budgetMs: 60_000 };
    expect((await select(options)).shortlist).toEqual(options);
    expect((await select({ size: 3 }, ['a', 'b'])).shortlist).toEqual({
      size: 2,
      stopAt: null,
      budgetMs: null,
    });
    expect((await select({ size: 3 }, ['a'])).shortlist).toBeUndefined();
  });

  it('leaves out flows that would not end in time, but never the first', async () => {
    const durationsMs = { a: 50, b: 60, c: 30, d: 30 };
    const planned = await select({ size: 3, budgetMs: 100, durationsMs });
    expect(planned.ranked.map(({ flowId }) => flowId)).toEqual(['a', 'c', 'b', 'd']);
    expect(planned.shortlist?.size).toBe(2);
    const alone = await select({ size: 3, budgetMs: 10, durationsMs });
    expect(alone.ranked[0]?.flowId).toBe('a');
    expect(alone.shortlist).toBeUndefined();
  });

  it.each([{ size: 1 }, { size: 2.5 }, { size: 2, budgetMs: 0 }, { size: 2, stopAt: Number.NaN }])(
    'refuses %j',
    (options) => {
      expect(() => shortlist(saying(said), options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTIONS' }),
      );
    },
  );
});
