import { describe, expect, it } from 'vitest';
import { parseMatrix } from './parse-matrix.ts';

const parse = (csv: string) => parseMatrix(csv, { name: 'scores.csv' });
const HEAD = 'id,prompt,labels,flow-a,flow-b';

describe('parseMatrix', () => {
  it('reads prompts, labels, flows and cells; an empty cell is missing', () => {
    expect(parse(`${HEAD}\n1,a fox,Animals|two_objects,0.5,\n2,a house,, 7e-1 ,-1\n`)).toEqual({
      flows: ['flow-a', 'flow-b'],
      prompts: [
        { id: '1', text: 'a fox', labels: ['animals', 'two-objects'] },
        { id: '2', text: 'a house', labels: [] },
      ],
      scores: [
        [0.5, null],
        [0.7, -1],
      ],
    });
  });

  it('takes a byte-order mark, CRLF, quoted commas, quotes and line breaks', () => {
    const csv = `\ufeff${HEAD}\r\n1,"a ""red"" fox, sitting\r\nin snow",,1,2\r\n2,b,,3,4`;
    const { prompts, scores } = parse(csv);
    expect(prompts.map(({ text }) => text)).toEqual(['a "red" fox, sitting\nin snow', 'b']);
    expect(scores).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it.each([
    ['nothing', '', 'the file is empty'],
    ['a header alone', HEAD, 'a header and no prompts'],
    [
      'a missing column',
      'id,text,labels,a\n1,x,,1',
      'line 1, column 2 must be "prompt" and is "text"',
    ],
    ['no labels column', 'id,prompt,a,b\n1,x,1,2', 'line 1, column 3 must be "labels" and is "a"'],
    ['no flow', 'id,prompt,labels\n1,x,', 'names no flow'],
    [
      'a flow twice',
      'id,prompt,labels,a,b,a\n1,x,,1,2,3',
      'line 1, column 6 names a again, after column 4',
    ],
    [
      'a flow without a name',
      'id,prompt,labels,a,\n1,x,,1,2',
      'line 1, column 5 has no flow’s name',
    ],
    ['an id twice', `${HEAD}\n1,x,,1,2\n1,y,,1,2`, 'line 3, column 1 (id): 1 stands on line 2 too'],
    ['an empty id', `${HEAD}\n ,x,,1,2`, 'line 2, column 1 (id) is empty'],
    ['an empty prompt', `${HEAD}\n1,,,1,2`, 'line 2, column 2 (prompt) is empty'],
    [
      'a word for a number',
      `${HEAD}\n1,x,,1,high`,
      'line 2, column 5 (flow-b): "high" is not a number',
    ],
    ['not a number', `${HEAD}\n1,x,,NaN,1`, 'column 4 (flow-a): "NaN" is not a number'],
    ['an endless number', `${HEAD}\n1,x,,1e999,1`, '"1e999" is not a number'],
    ['a hexadecimal number', `${HEAD}\n1,x,,0x10,1`, '"0x10" is not a number'],
    ['a decimal comma', `${HEAD}\n1,x,,"1,5",1`, '"1,5" is not a number'],
    ['a short row', `${HEAD}\n1,x,,1`, 'line 2 has 4 columns, the header has 5'],
    ['a long row', `${HEAD}\n1,x,,1,2,3`, 'line 2 has 6 columns, the header has 5'],
    ['an open quote', `${HEAD}\n1,"x,,1,2`, 'this is not CSV: Quote Not Closed'],
  ])('refuses %s', (_, csv, reason) => {
    expect(() => parse(csv)).toThrow(
      expect.objectContaining({
        code: 'INVALID_SCORES',
        message: expect.stringMatching(/^scores\.csv: /),
        details: expect.objectContaining({
          problems: expect.arrayContaining([expect.stringContaining(reason)]),
        }),
      }),
    );
  });

  it('counts lines through quoted line breaks and empty lines', () => {
    const csv = `${HEAD}\r\n\r\n1,"two\r\nlines",,1,2\r\n\r\n2,x,,1,bad\r\n`;
    expect(() => parse(csv)).toThrow('line 6, column 5 (flow-b)');
  });

  it('tells the first three problems, and how many more there are', () => {
    const rows = Array.from({ length: 5 }, (_, row) => `${row},x,,bad,1`);
    expect(() => parse([HEAD, ...rows].join('\n'))).toThrow(
      /line 2.*line 3.*line 4.*and 2 more\.$/,
    );
  });
});
