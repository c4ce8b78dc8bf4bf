/** A square symmetric matrix, row after row. */
export interface Square {
  size: number;
  values: Float64Array;
}

export function createSquare(size: number): Square {
  return { size, values: new Float64Array(size * size) };
}

/**
 * The lower triangle L of a positive definite matrix A + ridge · 1 = L Lᵀ; what stands above the diagonal is 0.
 * Only A's lower triangle is read.
 */
export function factorize({ size, values }: Square, ridge: number): Square {
  const lower = createSquare(size);
  const out = lower.values;
  for (let row = 0; row < size; row += BLOCK) {
    const rows = Math.min(BLOCK, size - row);
    if (rows === BLOCK) {
      for (let column = 0; column < row; column += 1) fillFour(out, values, size, row, column);
    }
    for (let at = row; at < row + rows; at += 1) {
      for (let column = rows === BLOCK ? row : 0; column < at; column += 1) {
        const rest =
          values[at * size + column]! - dotAt(out, at * size, out, column * size, column);
        out[at * size + column] = rest / out[column * size + column]!;
      }
      const rest = values[at * size + at]! + ridge - dotAt(out, at * size, out, at * size, at);
      out[at * size + at] = Math.sqrt(Math.max(rest, 1e-12));
    }
  }
  return lower;
}

/** So many rows at a time: as many as stay at hand in the cache. */
export const BLOCK = 4;

// One column of four rows: the row of the column is read once for all four, which are at hand in the cache.
function fillFour(
  out: Float64Array,
  from: Float64Array,
  size: number,
  row: number,
  column: number,
) {
  const [a, b, c, d] = [row * size, (row + 1) * size, (row + 2) * size, (row + 3) * size];
  const other = column * size;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < column; k += 1) {
    const value = out[other + k]!;
    s0 += out[a + k]! * value;
    s1 += out[b + k]! * value;
    s2 += out[c + k]! * value;
    s3 += out[d + k]! * value;
  }
  const pivot = out[other + column]!;
  out[a + column] = (from[a + column]! - s0) / pivot;
  out[b + column] = (from[b + column]! - s1) / pivot;
  out[c + column] = (from[c + column]! - s2) / pivot;
  out[d + column] = (from[d + column]! - s3) / pivot;
}

/** Solves (L Lᵀ) x = b in place. */
export function solveInPlace({ size, values }: Square, b: Float64Array): void {
  for (let row = 0; row < size; row += 1) {
    let sum = b[row]!;
    for (let k = 0; k < row; k += 1) sum -= values[row * size + k]! * b[k]!;
    b[row] = sum / values[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    const known = b[row]! / values[row * size + row]!;
    b[row] = known;
    for (let k = 0; k < row; k += 1) b[k]! -= values[row * size + k]! * known;
  }
}

/** The inner product of two stretches of numbers. */
export function dotAt(
  a: Float64Array,
  startA: number,
  b: Float64Array,
  startB: number,
  length: number,
): number {
  // Four sums at once: one alone waits for each addition to end before the next.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += a[startA + k]! * b[startB + k]!;
    s1 += a[startA + k + 1]! * b[startB + k + 1]!;
    s2 += a[startA + k + 2]! * b[startB + k + 2]!;
    s3 += a[startA + k + 3]! * b[startB + k + 3]!;
  }
  for (; k < length; k += 1) s0 += a[startA + k]! * b[startB + k]!;
  return s0 + s1 + s2 + s3;
}
