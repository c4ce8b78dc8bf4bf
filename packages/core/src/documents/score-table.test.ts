import { describe, expect, it } from 'vitest';
import { parseScoreTable, sealScoreTable } from './score-table.ts';
import { sealDocument } from './seal.ts';

const cell = (mean: number) => ({ mean, standardError: 0.1, count: 4 });
const one = { label: 'anime', prompts: 4 };
const content = {
  scorer: { name: 'technical', version: '1' },
  prompts: 4,
  flows: ['a', 'b'],
  labels: [{ label: 'anime', prompts: 4 }],
  overall: [cell(0.5), cell(0.6)],
  byLabel: [[cell(0.4), cell(0.7)]],
};

describe('parseScoreTable', () => {
  it('reads what sealScoreTable made', () => {
    const table = sealScoreTable(content);
    expect(parseScoreTable(JSON.parse(JSON.stringify(table)))).toEqual(table);
  });

  it.each([
    ['a flow twice', { ...content, flows: ['a', 'a'] }, 'distinct flow ids'],
    ['a short row', { ...content, byLabel: [[cell(1)]] }, 'byLabel must have a row for each label'],
    [
      'a mean that is none',
      { ...content, overall: [cell(Number.NaN), cell(1)] },
      'overall[0].mean must be a number; got NaN',
    ],
    ['labels that are none', { ...content, labels: ['anime'] }, 'labels[0] must be an object'],
    ['a label twice', { ...content, labels: [one, one] }, 'distinct labels'],
  ])('refuses %s', (_, wrong, reason) => {
    const sealed = sealDocument({ schema: 'comfygen/score-table@1', ...wrong });
    expect(() => parseScoreTable(sealed)).toThrow(
      expect.objectContaining({ code: 'INVALID_SCORES', message: expect.stringContaining(reason) }),
    );
  });
});
