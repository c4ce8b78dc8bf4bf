import { createSquare, type Square } from './linear-algebra.ts';

const SWEEPS = 12;

/**
 * The directions along which rows of length `columns` vary most, strongest first, at most `most`; each has length 1.
 */
export function principalAxes(rows: Float64Array, columns: number, most: number): Float64Array[] {
  const { values, vectors } = diagonalize(covariance(rows, columns));
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
  const least = 1e-9 * Math.max(...values);
  return order
    .filter((axis) => values[axis]! > least)
    .slice(0, most)
    .map((axis) => vectors.slice(axis * columns, (axis + 1) * columns));
}

function covariance(rows: Float64Array, columns: number): Square {
  const square = createSquare(columns);
  for (let start = 0; start < rows.length; start += columns) {
    for (let a = 0; a < columns; a += 1) {
      const value = rows[start + a]!;
      if (value === 0) continue;
      for (let b = 0; b < columns; b += 1)
        square.values[a * columns + b]! += value * rows[start + b]!;
    }
  }
  return square;
}

/** Jacobi's rotations: eigenvalues, and eigenvectors row after row. */
function diagonalize({ size, values }: Square): { values: Float64Array; vectors: Float64Array } {
  const vectors = new Float64Array(size * size);
  for (let at = 0; at < size; at += 1) vectors[at * size + at] = 1;
  const trace = Array.from({ length: size }, (_, at) => values[at * size + at]!).reduce(
    (a, b) => a + b,
    0,
  );
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let turned = false;
    for (let p = 0; p < size; p += 1) {
      for (let q = p + 1; q < size; q += 1) {
        if (Math.abs(values[p * size + q]!) <= (1e-9 * trace) / size) continue;
        turned = true;
        rotate(values, vectors, size, p, q);
      }
    }
    if (!turned) break;
  }
  return {
    values: Float64Array.from({ length: size }, (_, at) => values[at * size + at]!),
    vectors,
  };
}

function rotate(
  values: Float64Array,
  vectors: Float64Array,
  size: number,
  p: number,
  q: number,
): void {
  const theta = (values[q * size + q]! - values[p * size + p]!) / (2 * values[p * size + q]!);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  turn(values, p * size, q * size, 1, size, c, s);
  turn(values, p, q, size, size, c, s);
  turn(vectors, p * size, q * size, 1, size, c, s);
}

function turn(
  values: Float64Array,
  a: number,
  b: number,
  step: number,
  size: number,
  c: number,
  s: number,
): void {
  for (let k = 0; k < size * step; k += step) {
    const [x, y] = [values[a + k]!, values[b + k]!];
    values[a + k] = c * x - s * y;
    values[b + k] = s * x + c * y;
  }
}
