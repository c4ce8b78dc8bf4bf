/**
 * The columns that reach the median in at least one row: the paper drops flows that are below it in every label.
 * All of them where there is no row.
 */
export function reachMedian(rows: readonly (readonly number[])[], columns: number): number[] {
  const medians = rows.map(medianOf);
  return Array.from({ length: columns }, (_, column) => column).filter(
    (column) => rows.length === 0 || rows.some((row, index) => row[column]! >= medians[index]!),
  );
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
