import { parseScoreTable, type ScoreMatrix } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { seedRandom } from '../random.ts';
import { buildScoreTable } from './build-score-table.ts';
import { fitEffects } from './fit-effects.ts';

const PLAIN = { shrinkage: false } as const;

function matrixOf(scores: ScoreMatrix['scores'], labels: string[][] = []): ScoreMatrix {
  return {
    flows: scores[0]!.map((_, flow) => `flow-${flow}`),
    prompts: scores.map((_, row) => ({
      id: `${row}`,
      text: `prompt ${row}`,
      labels: labels[row] ?? [],
    })),
    scores,
  };
}

/** True effects with noise; a cell is kept where `keep` says so. */
function simulate(
  prompts: number,
  flows: readonly number[],
  keep: (hardness: number, flow: number, draw: number) => boolean,
): ScoreMatrix['scores'] {
  const random = seedRandom('simulation', prompts);
  return Array.from({ length: prompts }, () => {
    const hardness = random.next();
    return flows.map((effect, flow) => {
      const score = effect - 4 * hardness + 0.2 * (random.next() - 0.5);
      return keep(hardness, flow, random.next()) ? score : null;
    });
  });
}

describe('buildScoreTable', () => {
  const full = matrixOf(
    [
      [1, 3],
      [2, 6],
      [6, 0],
    ],
    [['x'], ['x', 'y'], ['y']],
  );

  it('gives the plain means of a full matrix where nothing is shrunk', () => {
    const table = buildScoreTable(full, PLAIN);
    expect(table.labels).toEqual([
      { label: 'x', prompts: 2 },
      { label: 'y', prompts: 2 },
    ]);
    expect(table.overall.map(({ mean }) => mean)).toEqual([3, 3]);
    expect(table.byLabel.map((row) => row.map(({ mean }) => mean))).toEqual([
      [1.5, 4.5],
      [4, 3],
    ]);
    expect(table.overall.map(({ count }) => count)).toEqual([3, 3]);
  });

  it('is sealed, and the same bytes for the same input', () => {
    const table = buildScoreTable(full);
    expect(parseScoreTable(JSON.parse(JSON.stringify(table)))).toEqual(table);
    expect(JSON.stringify(buildScoreTable(structuredClone(full)))).toBe(JSON.stringify(table));
  });

  it('finds the better flow where it was tried on the hard prompts and raw means say otherwise', () => {
    // Flow 0 is better by 0.5, but was mostly run where every flow scores low.
    const scores = simulate(200, [0.5, 0], (hardness, flow, draw) => {
      const isHard = hardness > 0.5;
      return draw < (isHard === (flow === 0) ? 0.9 : 0.15);
    });
    const raw = [0, 1].map((flow) => {
      const own = scores.map((row) => row[flow]!).filter((score) => score !== null);
      return own.reduce((sum, score) => sum + score, 0) / own.length;
    });
    expect(raw[0]).toBeLessThan(raw[1]!);
    const [better, worse] = buildScoreTable(matrixOf(scores), PLAIN).overall;
    expect(better!.mean - worse!.mean).toBeCloseTo(0.5, 1);
  });

  it('does so within a label too', () => {
    const scores = simulate(200, [0.5, 0], (hardness, flow, draw) => {
      return draw < (hardness > 0.5 === (flow === 0) ? 0.9 : 0.15);
    });
    const labels = scores.map((_, row) => [row % 2 === 0 ? 'x' : 'y']);
    const { byLabel } = buildScoreTable(matrixOf(scores, labels), PLAIN);
    for (const [better, worse] of byLabel) {
      expect(better!.mean - worse!.mean).toBeCloseTo(0.5, 1);
    }
  });

  it('compares by raw means where no prompt joins two flows', () => {
    const { overall } = buildScoreTable(
      matrixOf([
        [1, null],
        [3, null],
        [null, 5],
      ]),
      PLAIN,
    );
    expect(overall.map(({ mean }) => mean)).toEqual([2, 5]);
  });

  it('draws what few prompts tell towards the flow’s own mean', () => {
    const random = seedRandom('shrinkage');
    const scores = Array.from({ length: 60 }, () => [
      random.next(),
      random.next() + 0.5,
      random.next(),
    ]);
    const labels = scores.map((_, row) => (row < 3 ? ['rare'] : ['often']));
    const plain = buildScoreTable(matrixOf(scores, labels), PLAIN);
    const drawn = buildScoreTable(matrixOf(scores, labels));
    const distance = ({ byLabel, overall, labels: names }: typeof plain) => {
      const rare = byLabel[names.findIndex(({ label }) => label === 'rare')]!;
      const spread = rare.map(({ mean }, flow) => mean - overall[flow]!.mean);
      return Math.max(...spread) - Math.min(...spread);
    };
    expect(distance(drawn)).toBeLessThan(distance(plain));
    expect(drawn.byLabel[1]![0]!.standardError).toBe(plain.byLabel[1]![0]!.standardError);
  });

  it('gives a flow that was never scored the mean of the others, and no error', () => {
    const { overall } = buildScoreTable(
      matrixOf([
        [1, 3, null],
        [2, 6, null],
      ]),
      PLAIN,
    );
    expect(overall[2]).toEqual({ mean: 3, standardError: null, count: 0 });
  });

  it('drops flows below the median in every label, and only those', () => {
    const scores = [
      [5, 4, 1, 2],
      [1, 2, 0, 5],
    ];
    const matrix = matrixOf(scores, [['x'], ['y']]);
    const table = buildScoreTable(matrix, { ...PLAIN, medianFilter: true });
    expect(table.flows).toEqual(['flow-0', 'flow-1', 'flow-3']);
    expect(table.byLabel.map((row) => row.length)).toEqual([3, 3]);
  });

  it('takes labels from elsewhere', () => {
    const table = buildScoreTable(full, { labels: ({ id }) => (id === '0' ? ['mine'] : []) });
    expect(table.labels).toEqual([{ label: 'mine', prompts: 1 }]);
  });

  it('refuses a matrix without scores', () => {
    expect(() => buildScoreTable(matrixOf([[null, null]]))).toThrow('the matrix has no score');
  });
});

describe('fitEffects', () => {
  it('has standard errors that cover the truth about as often as they say', () => {
    const random = seedRandom('coverage');
    const noise = () => random.next() + random.next() + random.next() - 1.5;
    let inside = 0;
    const runs = 300;
    for (let run = 0; run < runs; run += 1) {
      const scores = Array.from({ length: 40 }, () => {
        const hardness = 3 * noise();
        return [0.5, 0, -0.5].map((effect) =>
          random.next() < 0.7 ? effect + hardness + noise() : null,
        );
      });
      const [first, second] = fitEffects(scores, 3);
      const error = Math.sqrt(first!.variance + second!.variance);
      if (Math.abs(first!.mean! - second!.mean! - 0.5) < 1.645 * error) inside += 1;
    }
    expect(inside / runs).toBeGreaterThan(0.84);
    expect(inside / runs).toBeLessThan(0.97);
  });
});
