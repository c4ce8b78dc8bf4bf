import { describe, expect, it } from 'vitest';
import { table } from '../language-model/__fixtures__/scripted-model.ts';
import { compactTable } from './compact-table.ts';

describe('compactTable', () => {
  it('writes distances from the mean flow in points, best first', () => {
    const scores = table({ a: 0.4, b: 0.6, c: 0.5 }, { anime: [0.3, 0.2, 0.7] });
    expect(compactTable(scores)).toEqual({
      // Best places first: b leads over all prompts, c under anime.
      rows: ['b', 'c', 'a'],
      text: 'all (20, ±66): 1+330 2+0 3-330\nanime (20, ±66): 2+990 3-330 1-660',
      point: 0.000303,
    });
  });

  it('drops first what leads nowhere: below the median under every label', () => {
    const scores = table(
      { best: 9, good: 8, poor: 1, bad: 2, niche: 0 },
      { anime: [5, 4, 1, 2, 9] },
    );
    expect(compactTable(scores, { maxRows: 3 }).rows).toEqual(['best', 'niche', 'good']);
  });

  it('takes rows from the flows given; the mean flow stays the whole table’s', () => {
    const scores = table({ a: 0, b: 10, c: 20 });
    const { rows, text } = compactTable(scores, { flows: ['c', 'b', 'unknown'] });
    expect(rows).toEqual(['c', 'b']);
    expect(text).toBe('all (20, ±2): 1+990 2+0');
  });

  it('lists the best rows of a label only', () => {
    const scores = table({ a: 1, b: 2, c: 3 });
    expect(compactTable(scores, { perLabel: 1 }).text).toMatch(/: 1\+990$/);
  });

  it('gives equal text for equal tables, and a text for odd ones', () => {
    const twice = () => compactTable(table({ a: 1, b: 2 }, { anime: [2, 1] }));
    expect(twice()).toEqual(twice());
    expect(compactTable(table({})).rows).toEqual([]);
    expect(compactTable(table({ a: 5, b: 5 })).text).toBe('all (20, ±0): 1+0 2+0');
  });
});
