import { drawIndices } from './draw-indices.ts';
import { inverseDiagonal } from './inverse-diagonal.ts';
import { factorize, type Square, solveInPlace } from './linear-algebra.ts';

/** Weights of the training prompts for one target, and what each prompt would be told if it were not among them. */
interface Fitted {
  weights: Float64Array;
  held: Float64Array;
}

const RIDGES = [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8];
/** Prompts on which the ridge is chosen: the best one hardly depends on their number, the time does by its cube. */
const TUNED_ON = 700;

/** Kernel ridge regression with one factorization for all targets. */
export interface Ridge {
  ridge: number;
  fit(target: Float64Array): Fitted;
}

export function createRidge(kernel: Square, ridge: number): Ridge {
  const lower = factorize(kernel, ridge);
  const diagonal = inverseDiagonal(lower);
  return {
    ridge,
    fit(target) {
      const weights = target.slice();
      solveInPlace(lower, weights);
      // The closed form of leaving one out.
      const held = target.map((value, row) => value - weights[row]! / diagonal[row]!);
      return { weights, held };
    },
  };
}

/** The ridge with which prompts that were left out are predicted best, all targets together. */
export function chooseRidge(
  kernel: Square,
  targets: readonly Float64Array[],
  random: () => number,
): number {
  const rows = drawIndices(kernel.size, TUNED_ON, random);
  const part = subKernel(kernel, rows);
  const parts = targets.map((target) => Float64Array.from(rows, (row) => target[row]!));
  let best = { ridge: RIDGES[0]!, error: Infinity };
  for (const ridge of RIDGES) {
    const { fit } = createRidge(part, ridge);
    const error = parts.reduce((sum, target) => sum + squaredError(fit(target).held, target), 0);
    if (error < best.error) best = { ridge, error };
  }
  return best.ridge;
}

function subKernel({ size, values }: Square, rows: readonly number[]): Square {
  const part = new Float64Array(rows.length ** 2);
  for (const [a, row] of rows.entries()) {
    for (let b = 0; b <= a; b += 1) part[a * rows.length + b] = values[row * size + rows[b]!]!;
  }
  return { size: rows.length, values: part };
}

function squaredError(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at]! - b[at]!) ** 2;
  return sum;
}
