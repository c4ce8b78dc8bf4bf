import { ComfygenError } from 'comfygen/plugin';
import type { LatentArea } from '../model/types.ts';
import { roundHalfEven } from '../runtime/round.ts';
import type { Condition } from '../runtime/values.ts';

/** The cells that a condition holds for; `undefined` for all of them. Shares become cells here. */
export function cellArea(
  { area }: Condition,
  width: number,
  height: number,
): LatentArea | undefined {
  if (area === undefined) return undefined;
  if (area.unit === 'cells') return area;
  return {
    x: roundHalfEven(area.x * width),
    y: roundHalfEven(area.y * height),
    width: Math.max(1, roundHalfEven(area.width * width)),
    height: Math.max(1, roundHalfEven(area.height * height)),
  };
}

/**
 * The part of an area inside a latent; `undefined` where it starts at the edge and has no cell. One
 * that starts beyond the edge throws INVALID_WORKFLOW; ComfyUI fails there, too.
 */
export function clipArea(area: LatentArea, width: number, height: number): LatentArea | undefined {
  const [wide, high] = [
    Math.min(width - area.x, area.width),
    Math.min(height - area.y, area.height),
  ];
  if (wide < 0 || high < 0) {
    throw new ComfygenError(
      'INVALID_WORKFLOW',
      `A condition's area starts at cell ${area.x}, ${area.y}, outside of a latent of ${width} × ${height}.`,
      { details: { area, width, height } },
    );
  }
  return wide === 0 || high === 0 ? undefined : { ...area, width: wide, height: high };
}

/**
 * ComfyUI's rule for the other side of the guidance: for each area of one list, the other list gets
 * the same area with the embedding of its smallest condition that covers it.
 */
export function matchAreas(
  conditions: readonly Condition[],
  others: readonly Condition[],
  width: number,
  height: number,
): Condition[] {
  const matched = [...conditions];
  for (const other of others) {
    const wanted = cellArea(other, width, height);
    if (wanted === undefined) continue;
    const source = smallestCover(matched, wanted, width, height);
    if (source === undefined) continue;
    const area = cellArea(source, width, height);
    if (area && isInside(area, wanted)) continue;
    matched.push({ ...other, embedding: source.embedding, pooled: source.pooled });
  }
  return matched;
}

function smallestCover(
  conditions: readonly Condition[],
  wanted: LatentArea,
  width: number,
  height: number,
): Condition | undefined {
  const size = (condition: Condition) => {
    const area = cellArea(condition, width, height);
    return area === undefined ? Number.POSITIVE_INFINITY : area.width * area.height;
  };
  return conditions
    .filter((condition) => {
      const area = cellArea(condition, width, height);
      return area === undefined || isInside(wanted, area);
    })
    .reduce<Condition | undefined>(
      (best, condition) => (best && size(best) <= size(condition) ? best : condition),
      undefined,
    );
}

function isInside(inner: LatentArea, outer: LatentArea): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

const FEATHER = 8;

/**
 * How much each cell of an area counts: the strength, fading over up to 8 cells towards sides that
 * lie inside the latent.
 */
export function areaWeights(
  area: LatentArea,
  width: number,
  height: number,
  strength: number,
): Float32Array {
  const across = fade(area.x, area.width, width);
  const down = fade(area.y, area.height, height);
  const weights = new Float32Array(area.width * area.height);
  for (let y = 0; y < area.height; y++) {
    for (let x = 0; x < area.width; x++) {
      weights[y * area.width + x] = strength * (down[y] as number) * (across[x] as number);
    }
  }
  return weights;
}

function fade(start: number, length: number, whole: number): Float32Array {
  const weights = new Float32Array(length).fill(1);
  const ramp = Math.min(FEATHER, Math.floor(length / 4));
  for (let t = 0; t < ramp; t++) {
    const share = (t + 1) / ramp;
    if (start !== 0) weights[t] = (weights[t] as number) * share;
    if (start + length < whole) {
      weights[length - 1 - t] = (weights[length - 1 - t] as number) * share;
    }
  }
  return weights;
}
