/** The largest absolute difference; infinite where the lengths differ or a number is missing. */
export function maxError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  return Array.from(got).reduce((worst, value, i) => {
    const error = Math.abs(value - (want[i] as number));
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }, 0);
}
