import { describe, expect, it } from 'vitest';
import type { Evaluation, SelectorResult } from '../evaluate/types.ts';
import { createScale } from './chart-scale.ts';
import { costColumns, qualityColumns } from './columns.ts';
import { formatBytes, formatMicros, formatRecovery, formatScore, formatSeconds } from './format.ts';
import { renderChart } from './render-chart.ts';
import { renderMarkdown } from './render-markdown.ts';

function row(
  selector: string,
  mean: number | null,
  change: Partial<SelectorResult> = {},
): SelectorResult {
  return {
    selector,
    usesLabels: false,
    note: null,
    rho: mean === null ? null : { mean, low: mean - 0.05, high: mean + 0.05 },
    score: 59.388,
    regret: 0.0714,
    worstSplit: mean === null ? null : mean - 0.1,
    top2: 0.62,
    top3: 0.755,
    top2Noisy: 0.361,
    top3Noisy: null,
    coverage90: 0.914,
    abstained: 0.25,
    microsPerChoice: 34.21,
    microsP50: 2.13,
    microsP99: 7350,
    trainSeconds: 1.171,
    modelBytes: 355_017,
    ...change,
  };
}

const evaluation: Evaluation = {
  train: { prompts: 1415, flows: 24 },
  test: null,
  splits: 20,
  trainShare: 0.7,
  seed: 3,
  selectors: [row('random', -1.5), row('<learned> & co', 0.31), row('oracle', 1)],
  notes: ['Left out: label_table.'],
};

describe('renderMarkdown', () => {
  it('has every column of every row, and what was left out', () => {
    const page = renderMarkdown(evaluation, { title: 'a | b' });
    expect(page).toContain(
      '# a \\| b\n\n1,415 prompts × 24 flows; 20 splits 70/30 by text; seed 3.\n',
    );
    expect(page).toContain(
      '| random | -1.500 | -1.550 … -1.450 | -1.600 | 0.620 | 0.755 | 0.361 | – | 59.39 | 0.07 |',
    );
    expect(page).toContain('| random | 91 % | 25 % | 34 | 2.1 | 7400 | 1.17 | 355 kB |');
    expect(page).toContain('| \\<learned\\> & co |');
    expect(page).toContain('- Left out: label\\_table.');
    const tables = page.split('\n').filter((line) => line.startsWith('|'));
    expect(tables).toHaveLength(2 * (2 + evaluation.selectors.length));
    const columns = [qualityColumns, costColumns].map(({ length }) => length + 1);
    const bars = tables.map((line) => line.match(/(?<!\\)\|/g)!.length);
    expect(bars).toEqual(columns.flatMap((count) => Array(5).fill(count)));
  });

  it('tells of a test file', () => {
    const tested = {
      ...evaluation,
      trainShare: null,
      splits: 1,
      test: { prompts: 527, flows: 24 },
    };
    expect(renderMarkdown(tested, { title: 'x' })).toContain(
      'Trained on 1,415 prompts, tested on 527 prompts; 24 flows; seed 3.',
    );
  });
});

describe('renderChart', () => {
  const panel = row('second-panel', 0.67);

  it('draws a dot for each selector that is on the scale, and a line for the second panel', () => {
    const one = { ...evaluation, selectors: [...evaluation.selectors, panel] };
    const svg = renderChart(one, { title: 'Looks' });
    // The legend has one dot too; random stands left of the chart.
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg).toContain('second panel 0.670');
    expect(svg).toContain('&lt;learned&gt; &amp; co');
    expect(svg).toContain('-1.500');
    expect(renderChart(evaluation, { title: 'Looks' })).not.toContain('second panel');
  });

  it('is the same bytes for the same results, and one well-formed tree', () => {
    const svg = renderChart(evaluation, { title: 'Looks & more' });
    expect(renderChart(structuredClone(evaluation), { title: 'Looks & more' })).toBe(svg);
    const open: string[] = [];
    for (const [, close, name, empty] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name!);
    }
    expect(open).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('survives results in which nothing could be gained', () => {
    const flat = { ...evaluation, selectors: [row('best-single', null)] };
    expect(renderChart(flat, { title: 'x' })).not.toMatch(/NaN|Infinity|undefined/);
    expect(renderMarkdown(flat, { title: 'x' })).toContain('| best-single | – | – | – |');
  });
});

describe('createScale', () => {
  it('shows 0 and every interval but those far below it', () => {
    const scale = createScale(evaluation.selectors.slice(0, 2), null, [100, 300]);
    expect(scale.ticks.some((tick) => Math.abs(tick) < 1e-9)).toBe(true);
    expect([scale.isBelow(-1.5), scale.isBelow(0.21)]).toEqual([true, false]);
    expect([scale.x(-9), scale.x(9)]).toEqual([100, 300]);
    expect(scale.x(0.36)).toBeLessThan(300);
  });
});

describe('numbers', () => {
  it('have as many digits as a reader can use', () => {
    expect([-0.0001, 0.19449, null].map(formatRecovery)).toEqual(['0.000', '0.194', '–']);
    expect([59.388, 4.2731, 0.012346, 1234.5].map((one) => formatScore(one))).toEqual([
      '59.39',
      '4.273',
      '0.01235',
      '1235',
    ]);
    expect([2.13, 34.4, 7350, null].map(formatMicros)).toEqual(['2.1', '34', '7400', '–']);
    expect([0.004, 1.171, 12.3].map(formatSeconds)).toEqual(['0.004', '1.17', '12']);
    expect([747, 355_017, 1_830_000].map(formatBytes)).toEqual(['747 B', '355 kB', '1.8 MB']);
  });
});
