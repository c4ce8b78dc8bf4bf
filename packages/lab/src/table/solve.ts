/**
 * The solution x of A·x = b for a symmetric positive definite A, given row by row; A and b are overwritten.
 * Cholesky's decomposition, in plain loops: the same bits on every engine.
 */
export function solvePositive(a: Float64Array[], b: Float64Array): Float64Array {
  const size = b.length;
  for (let column = 0; column < size; column += 1) {
    const pivotRow = a[column]!;
    for (let row = column; row < size; row += 1) {
      const target = a[row]!;
      let sum = target[column]!;
      for (let k = 0; k < column; k += 1) sum -= target[k]! * pivotRow[k]!;
      target[column] = row === column ? Math.sqrt(sum) : sum / pivotRow[column]!;
    }
  }
  for (let row = 0; row < size; row += 1) {
    let sum = b[row]!;
    for (let k = 0; k < row; k += 1) sum -= a[row]![k]! * b[k]!;
    b[row] = sum / a[row]![row]!;
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = b[row]!;
    for (let k = row + 1; k < size; k += 1) sum -= a[k]![row]! * b[k]!;
    b[row] = sum / a[row]![row]!;
  }
  return b;
}
