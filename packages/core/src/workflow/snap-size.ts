import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Warning } from '../spec/index.ts';
import { factOf } from './slots/node-facts.ts';

/** The largest side that ComfyUI's own nodes take, in pixels. */
const MAX_SIDE = 16_384;

/** Smallest side and step of the nodes that make latents and images, in pixels. */
const RULES: Record<string, { min: number; step: number }> = {
  EmptyLatentImage: { min: 16, step: 8 },
  EmptySD3LatentImage: { min: 16, step: 16 },
  EmptyFlux2LatentImage: { min: 16, step: 16 },
  StableCascade_EmptyLatentImage: { min: 256, step: 8 },
  EmptyImage: { min: 1, step: 1 },
};

/** What holds where none of these nodes is told the size, as with a number node: 8 suits every codec. */
const OTHERWISE = { min: 16, step: 8 };

/**
 * A side that all of these nodes can hold, nearest to the wanted one; rounding adds a `size-rounded` warning.
 *
 * @throws INVALID_BRIEF unless the side is a whole number from the nodes' minimum to 16,384.
 */
export function snapSize(
  classTypes: readonly string[],
  side: 'width' | 'height',
  wanted: number,
  warnings: Warning[],
): number {
  const known = classTypes.map((name) => factOf(RULES, name)).filter((rule) => rule !== undefined);
  const rules = known.length > 0 ? known : [OTHERWISE];
  const min = Math.max(...rules.map((rule) => rule.min));
  const step = Math.max(...rules.map((rule) => rule.step));
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
  if (snapped !== wanted) {
    const message = `The ${side} ${wanted} was rounded to ${snapped}: this workflow takes multiples of ${step}.`;
    warnings.push({ code: 'size-rounded', message });
  }
  return snapped;
}
