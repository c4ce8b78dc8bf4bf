import { BLOCK, type Square } from './linear-algebra.ts';

/** The diagonal of (L Lᵀ)⁻¹: the sums of squares of the columns of L⁻¹. */
export function inverseDiagonal({ size, values }: Square): Float64Array {
  const diagonal = new Float64Array(size);
  // Four columns of L⁻¹ at a time, each kept as a row, so that L is read once for all four.
  const [a, b, c, d] = [0, 1, 2, 3].map(() => new Float64Array(size)) as Columns;
  for (let j = 0; j < size; j += BLOCK) {
    for (const column of [a, b, c, d]) column.fill(0, j);
    for (let row = j; row < size; row += 1) {
      const start = row * size;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = j; k < row; k += 1) {
        const value = values[start + k]!;
        s0 -= value * a[k]!;
        s1 -= value * b[k]!;
        s2 -= value * c[k]!;
        s3 -= value * d[k]!;
      }
      const pivot = values[start + row]!;
      a[row] = (s0 + Number(row === j)) / pivot;
      b[row] = (s1 + Number(row === j + 1)) / pivot;
      c[row] = (s2 + Number(row === j + 2)) / pivot;
      d[row] = (s3 + Number(row === j + 3)) / pivot;
    }
    for (const [offset, column] of [a, b, c, d].entries()) {
      if (j + offset < size) diagonal[j + offset] = sumOfSquares(column, j);
    }
  }
  return diagonal;
}

type Columns = [Float64Array, Float64Array, Float64Array, Float64Array];

function sumOfSquares(values: Float64Array, from: number): number {
  let sum = 0;
  for (let at = from; at < values.length; at += 1) sum += values[at]! ** 2;
  return sum;
}
