/** An estimate and the variance of its error. */
export interface Estimate {
  value: number;
  variance: number;
}

/**
 * How much true values differ from each other around `centre`: the spread of the estimates less what chance adds
 * to it (method of moments; never below 0).
 */
export function trueVariance(estimates: readonly Estimate[], centre: number): number {
  const known = estimates.filter(({ variance }) => Number.isFinite(variance));
  if (known.length === 0) return 0;
  const excess = known.reduce(
    (sum, { value, variance }) => sum + (value - centre) ** 2 - variance,
    0,
  );
  return Math.max(0, excess / known.length);
}

/** The estimate drawn towards `centre` by as much as chance may have moved it (empirical Bayes). */
export function shrink({ value, variance }: Estimate, centre: number, spread: number): number {
  if (!Number.isFinite(variance) || spread === 0) return centre;
  return centre + (spread / (spread + variance)) * (value - centre);
}
