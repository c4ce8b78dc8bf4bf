import type { SelectorResult } from '../evaluate/types.ts';

/** Where recoveries stand on a chart. */
export interface ChartScale {
  low: number;
  high: number;
  ticks: number[];
  /** The place of a value in pixels from the left, limited to the chart. */
  x(value: number): number;
  /** Whether a value lies left of the chart. */
  isBelow(value: number): boolean;
}

/** What a random choice loses would make everything else too small to see. */
const FLOOR = -0.5;

/** A scale that shows every interval but those far below 0. */
export function createScale(
  rows: readonly SelectorResult[],
  ceiling: number | null,
  [left, right]: readonly [number, number],
): ChartScale {
  const shown = rows.flatMap(({ rho, worstSplit }) =>
    rho === null ? [] : [rho.low, rho.high, worstSplit ?? rho.low],
  );
  const visible = [...shown.filter((value) => value >= FLOOR), 0, 0.3, ceiling ?? 0];
  const step = Math.max(...visible) - Math.min(...visible) > 0.9 ? 0.2 : 0.1;
  const low = Math.floor(Math.min(...visible) / step - 0.2);
  const high = Math.ceil(Math.max(...visible) / step + 0.2);
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => (low + index) * step);
  const scale = (right - left) / ((high - low) * step);
  return {
    low: low * step,
    high: high * step,
    ticks,
    x: (value) => left + Math.min(Math.max(value - low * step, 0), (high - low) * step) * scale,
    isBelow: (value) => value < low * step,
  };
}
