import { createRandom } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { drawIndices } from './draw-indices.ts';
import { splitEffects, takePrompts } from './effects.ts';
import { createRidge } from './fit-ridge.ts';
import { recordGain } from './gain.ts';
import { measureReach } from './intervals.ts';
import { inverseDiagonal } from './inverse-diagonal.ts';
import { createSquare, factorize, solveInPlace } from './linear-algebra.ts';
import { packRows, packVectors, unpackRows, unpackVectors } from './packed.ts';
import { principalAxes } from './principal-axes.ts';

/** Positive definite: likeness that falls with distance on a line. */
function testKernel(size: number) {
  const square = createSquare(size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      square.values[row * size + column] = 1 / (1 + ((row - column) / 3) ** 2);
    }
  }
  return square;
}

const target = (size: number) => Float64Array.from({ length: size }, (_, at) => Math.sin(at / 2));

describe('factorize', () => {
  it.each([1, 3, 4, 9, 22])('solves %i equations', (size) => {
    const kernel = testKernel(size);
    const lower = factorize(kernel, 0.5);
    const x = target(size);
    solveInPlace(lower, x);
    for (let row = 0; row < size; row += 1) {
      const sum = x.reduce((all, value, at) => all + value * kernel.values[row * size + at]!, 0);
      expect(sum + 0.5 * x[row]!).toBeCloseTo(Math.sin(row / 2), 10);
    }
  });

  it.each([1, 5, 8, 11])('inverts the diagonal of a matrix of %i rows', (size) => {
    const lower = factorize(testKernel(size), 0.3);
    for (const [row, value] of inverseDiagonal(lower).entries()) {
      const unit = new Float64Array(size);
      unit[row] = 1;
      solveInPlace(lower, unit);
      expect(value).toBeCloseTo(unit[row]!, 10);
    }
  });
});

describe('createRidge', () => {
  it('predicts each prompt as if it had not been there', () => {
    const size = 9;
    const kernel = testKernel(size);
    const { held } = createRidge(kernel, 0.4).fit(target(size));
    for (let out = 0; out < size; out += 1) {
      const rows = [...held.keys()].filter((row) => row !== out);
      const part = createSquare(size - 1);
      part.values.set(
        rows.flatMap((a) => rows.map((b) => kernel.values[a * size + b]!)),
        0,
      );
      const others = Float64Array.from(rows, (row) => Math.sin(row / 2));
      const { weights } = createRidge(part, 0.4).fit(others);
      const told = rows.reduce(
        (sum, row, at) => sum + kernel.values[out * size + row]! * weights[at]!,
        0,
      );
      expect(held[out]).toBeCloseTo(told, 10);
    }
  });
});

describe('principalAxes', () => {
  it('finds the directions of the greatest spread, strongest first', () => {
    const rows = Float64Array.from([3, 3, 0, -3, -3, 0, 1, -1, 0, -1, 1, 0]);
    const axes = principalAxes(rows, 3, 5);
    expect(axes).toHaveLength(2);
    expect(Math.abs(axes[0]![0]! + axes[0]![1]!)).toBeCloseTo(Math.SQRT2, 10);
    expect(Math.abs(axes[1]![0]! - axes[1]![1]!)).toBeCloseTo(Math.SQRT2, 10);
  });

  it('finds none where nothing varies', () => {
    expect(principalAxes(new Float64Array(6), 3, 5)).toEqual([]);
  });
});

describe('splitEffects', () => {
  it('compares flows that were scored with prompts of unequal difficulty', () => {
    const levels = [4, 3, 2, -1, -3, -5];
    const full = levels.map((level) => [level + 1, level - 1]);
    // The better flow saw the hard prompts only, but for one.
    const scores = full.map(([a, b], row) => [row < 2 ? null : a!, row > 2 ? null : b!]);
    const prompts = levels.map((_, row) => ({ id: `${row}`, text: `${row}`, labels: [] }));
    const { means, counts } = splitEffects({ flows: ['a', 'b'], prompts, scores });
    expect(counts).toEqual([4, 3]);
    expect(means[0]! - means[1]!).toBeGreaterThan(1.5);
  });
});

describe('takePrompts', () => {
  it('keeps what all prompts tell of the flows', () => {
    const scores = [
      [1, 2],
      [3, null],
      [5, 9],
    ];
    const prompts = scores.map((_, row) => ({ id: `${row}`, text: `${row}`, labels: [] }));
    const all = splitEffects({ flows: ['a', 'b'], prompts, scores });
    const some = takePrompts(all, [1, 2]);
    expect(some.means).toEqual(all.means);
    expect([...some.levels]).toEqual([all.levels[1], all.levels[2]]);
    expect([...some.rest]).toEqual([...all.rest.slice(2)]);
    expect([...some.known]).toEqual([1, 0, 1, 1]);
  });
});

describe('measureReach', () => {
  it('reaches as far as nine of ten errors', () => {
    const errors = Array.from({ length: 199 }, (_, at) => at - 99);
    const scores = errors.map((error) => [error]);
    const effects = {
      ...splitEffects({ flows: ['a'], prompts: [], scores: [] }),
      errors: Float64Array.of(0),
    };
    const { flows, all } = measureReach(new Float64Array(199), scores, effects);
    expect(flows).toEqual([{ below: 90, above: 90 }]);
    expect(all).toEqual(flows[0]);
  });
});

describe('recordGain', () => {
  it('finds that predictions which come true half are worth half', () => {
    const scores = Array.from({ length: 40 }, (_, row) => (row % 2 === 0 ? [5, 6] : [5, 3]));
    const prompts = scores.map((_, row) => ({ id: `${row}`, text: `${row}`, labels: [] }));
    const effects = splitEffects({ flows: ['a', 'b'], prompts, scores });
    const held = Float64Array.from(scores.flatMap((_, row) => (row % 2 === 0 ? [5, 7] : [5, 3])));
    const record = recordGain(held, scores, effects);
    expect(record).toMatchObject({ prompts: 40, changed: 20 });
    expect(record.slope).toBeCloseTo(0.5, 10);
  });
});

describe('packed rows', () => {
  it('come back within a part in 32,767 of the largest', () => {
    const rows = [
      target(7),
      Float64Array.from({ length: 7 }, (_, at) => 1e-6 * at),
      new Float64Array(7),
    ];
    const back = unpackRows(JSON.parse(JSON.stringify(packRows(rows))));
    for (const [index, row] of rows.entries()) {
      const step = Math.max(...row.map(Math.abs)) / 32_767;
      for (const [at, value] of row.entries()) {
        expect(Math.abs(back[index]![at]! - value)).toBeLessThanOrEqual(step);
      }
    }
  });

  it('keep the directions of vectors', () => {
    const [back] = unpackVectors(packVectors([[3, -4, 0]]), 3);
    expect(back![0]).toBeCloseTo(0.6, 2);
    expect(back![1]).toBeCloseTo(-0.8, 2);
  });
});

describe('drawIndices', () => {
  it('draws different rows in order, the same for the same seed', () => {
    const drawn = drawIndices(50, 10, createRandom(4));
    expect(new Set(drawn).size).toBe(10);
    expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
    expect(drawIndices(50, 10, createRandom(4))).toEqual(drawn);
    expect(drawIndices(3, 10, createRandom(4))).toEqual([0, 1, 2]);
  });
});
