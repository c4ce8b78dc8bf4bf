import { ComfygenError } from 'comfygen/plugin';
import { roundHalfEven } from '../runtime/round.ts';

/** Both sides times a factor, whole. Throws INVALID_WORKFLOW where nothing is left of one. */
export function scaleSides(width: number, height: number, factor: number): [number, number] {
  const wide = roundHalfEven(width * factor);
  const high = roundHalfEven(height * factor);
  if (wide > 0 && high > 0) return [wide, high];
  throw new ComfygenError(
    'INVALID_WORKFLOW',
    `scale_by ${factor} leaves nothing of ${width} × ${height}.`,
    { details: { width, height, scale_by: factor } },
  );
}
