import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Warning } from '../spec/index.ts';

/** The largest side that ComfyUI's own nodes take, in pixels. */
const MAX_SIDE = 16_384;

/** Smallest side and step of the latent nodes, in pixels; 8 is what every codec needs. */
const RULES: Record<string, { min: number; step: number }> = {
  EmptyLatentImage: { min: 16, step: 8 },
  EmptySD3LatentImage: { min: 16, step: 16 },
  EmptyFlux2LatentImage: { min: 16, step: 16 },
  StableCascade_EmptyLatentImage: { min: 256, step: 8 },
  EmptyImage: { min: 1, step: 1 },
};

/**
 * A side that the node can hold, nearest to the wanted one; rounding adds a `size-rounded` warning.
 *
 * @throws INVALID_BRIEF unless the side is a whole number from the node's minimum to 16,384.
 */
export function snapSize(
  classType: string,
  side: 'width' | 'height',
  wanted: number,
  warnings: Warning[],
): number {
  const { min, step } = RULES[classType] ?? { min: 16, step: 8 };
  if (!Number.isInteger(wanted) || wanted < min || wanted > MAX_SIDE) {
    throw new ComfygenError(
      'INVALID_BRIEF',
      `The ${side} must be a whole number from ${min} to ${MAX_SIDE} pixels; got ${wanted}.`,
      {
        details: { side, wanted, min, max: MAX_SIDE },
      },
    );
  }
  const snapped = Math.max(min, Math.min(MAX_SIDE, Math.round(wanted / step) * step));
  if (
    snapped !== wanted &&
    !warnings.some((w) => w.code === 'size-rounded' && w.message.startsWith(side))
  ) {
    warnings.push({
      code: 'size-rounded',
      message: `${side} ${wanted} was rounded to ${snapped}: ${classType} takes multiples of ${step}.`,
    });
  }
  return snapped;
}
