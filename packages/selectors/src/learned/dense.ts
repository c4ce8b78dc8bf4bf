import { dotAt } from './linear-algebra.ts';
import { SKILL_COUNT } from './shape.ts';

/** The numbers of many prompts, to compare one prompt's numbers with. */
export interface Dense {
  /** Adds `weight` times the similarity with each prompt to `sums`. */
  addTo(sums: Float64Array, numbers: Float64Array, weight: number): void;
}

// A skill that few prompts need must not decide alone.
const LEAST_SPREAD = 0.1;

/** Shapes are alike by distance, each number on the scale of these prompts, structure and skills of equal weight. */
export function createShapes(shapes: readonly Float64Array[]): Dense {
  const length = shapes[0]?.length ?? 0;
  const structure = length - SKILL_COUNT;
  const factors = Float64Array.from({ length }, (_, at) => {
    const column = shapes.map((shape) => shape[at]!);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
    const group = at < structure ? structure : SKILL_COUNT;
    return 1 / (Math.sqrt(variance) + LEAST_SPREAD) / Math.sqrt(group);
  });
  const scaled = (shape: Float64Array) => shape.map((value, at) => value * factors[at]!);
  const rows = shapes.map(scaled);
  const columns = Array.from(factors, (_, at) => Float64Array.from(rows, (row) => row[at]!));
  const squares = rows.map((row) => dotAt(row, 0, row, 0, length));
  return {
    addTo(sums, shape, weight) {
      const own = scaled(shape);
      const square = dotAt(own, 0, own, 0, length);
      const products = new Float64Array(sums.length);
      for (const [at, value] of own.entries()) {
        // Most skills are not needed: their columns are passed over.
        if (value === 0) continue;
        const column = columns[at]!;
        for (let row = 0; row < products.length; row += 1) products[row]! += value * column[row]!;
      }
      for (let row = 0; row < sums.length; row += 1) {
        const distance = square + squares[row]! - 2 * products[row]!;
        sums[row]! += weight / (1 + distance / 2);
      }
    },
  };
}

/** Vectors of an embedder are alike by the cosine around their mean; `undefined` where there are none. */
export function createVectors(vectors: readonly (Float64Array | undefined)[]): Dense | undefined {
  const given = vectors.filter((vector) => vector !== undefined);
  const length = given[0]?.length ?? 0;
  if (length === 0) return undefined;
  const mean = new Float64Array(length);
  for (const vector of given)
    vector.forEach((value, at) => {
      mean[at]! += value / given.length;
    });
  const centred = (vector: Float64Array) => {
    const rest = vector.map((value, at) => value - mean[at]!);
    const norm = Math.hypot(...rest) || 1;
    return rest.map((value) => value / norm);
  };
  const rows = join(given.map(centred), length);
  return {
    addTo(sums, vector, weight) {
      const own = centred(vector);
      for (let row = 0; row < sums.length; row += 1) {
        sums[row]! += weight * dotAt(own, 0, rows, row * length, length);
      }
    },
  };
}

function join(rows: readonly Float64Array[], length: number): Float64Array {
  const joined = new Float64Array(rows.length * length);
  for (const [index, row] of rows.entries()) joined.set(row, index * length);
  return joined;
}
