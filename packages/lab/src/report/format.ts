/** What stands where nothing was measured. */
export const NONE = '–';

/** A recovery with three decimals: `0.194`. */
export function formatRecovery(value: number | null): string {
  // A negative zero would read as a loss.
  return value === null ? NONE : (Math.round(value * 1000) / 1000 + 0).toFixed(3);
}

/** As many decimals as give a score of this size four digits: `59.39`, `4.273`. */
export function formatScore(value: number, size = value): string {
  const whole = Math.floor(Math.log10(Math.max(Math.abs(size), 1e-6)));
  return value.toFixed(Math.min(9, Math.max(0, 3 - whole)));
}

/** A share in per cent: `91 %`. */
export function formatShare(value: number | null): string {
  return value === null ? NONE : `${Math.round(value * 100)} %`;
}

/** Microseconds with two digits that tell: `2.1`, `34`, `7400`. */
export function formatMicros(value: number | null): string {
  if (value === null) return NONE;
  return value < 10 ? value.toFixed(1) : String(Number(value.toPrecision(2)));
}

/** Seconds: `0.04`, `1.2`. */
export function formatSeconds(value: number | null): string {
  if (value === null) return NONE;
  return value < 0.1 ? value.toFixed(3) : value.toFixed(value < 10 ? 2 : 0);
}

/** Bytes in decimal units: `747 B`, `36 kB`, `1.8 MB`. */
export function formatBytes(value: number | null): string {
  if (value === null) return NONE;
  if (value < 1000) return `${value} B`;
  if (value < 1e6) return `${Math.round(value / 1000)} kB`;
  return `${(value / 1e6).toFixed(1)} MB`;
}
