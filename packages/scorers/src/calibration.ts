import { z } from 'zod';

const number = z.number().refine(Number.isFinite);
const id = z.string().min(1);

/** What may be given as a calibration. */
export const calibrationSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({ id, kind: z.literal('affine'), low: number, high: number })
    .refine(({ low, high }) => low !== high, { error: 'low and high must differ' }),
  z
    .strictObject({ id, kind: z.literal('logistic'), middle: number, step: number })
    .refine(({ step }) => step !== 0, { error: 'step must not be 0' }),
]);

/**
 * A fixed way from a scorer's own scale to 0 to 1, named by its id in versions and records.
 * `affine`: `low` becomes 0, `high` becomes 1, what lies outside is cut off. `logistic`: `middle`
 * becomes 0.5, one `step` above it 0.73, nothing is cut off. Where lower is better, give `low` above
 * `high`, or a negative `step`.
 */
export type Calibration =
  | { id: string; kind: 'affine'; low: number; high: number }
  | { id: string; kind: 'logistic'; middle: number; step: number };

/** Ready-made calibrations for common scales. */
export const calibrations = {
  /** For values from 0 to 1; they stay as they are. */
  unit: { id: 'unit@1', kind: 'affine', low: 0, high: 1 },
  /** For values from 0 to 100. */
  percent: { id: 'percent@1', kind: 'affine', low: 0, high: 100 },
  /** For values from −1 to 1: cosines and correlations. */
  signed: { id: 'signed@1', kind: 'affine', low: -1, high: 1 },
  /** For one to five stars. */
  stars: { id: 'stars@1', kind: 'affine', low: 1, high: 5 },
  /** For one to ten points. */
  points: { id: 'points@1', kind: 'affine', low: 1, high: 10 },
} as const satisfies Record<string, Calibration>;

/** A value on the calibrated scale, 0 to 1. */
export function applyCalibration(calibration: Calibration, value: number): number {
  if (calibration.kind === 'logistic') {
    return 1 / (1 + Math.exp((calibration.middle - value) / calibration.step));
  }
  const share = (value - calibration.low) / (calibration.high - calibration.low);
  return Math.min(Math.max(share, 0), 1);
}
