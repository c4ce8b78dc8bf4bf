import type { Drawing, Look } from './look.ts';

/** A drawing readied for comparing. */
export interface Template {
  readonly solid: Float32Array;
  readonly mass: number;
  /** The drawing as a thing on white. */
  readonly look: Look;
  /**
   * What a drawing's lightness may be made of, orthonormal under the weights `solid`, times these
   * weights; the constant is the first.
   */
  readonly basis: readonly Float32Array[];
}

// Squared; keeps layers that say nothing new from counting, and lightness from mattering where there is none.
const NEW = 1e-4;
const FLAT = 4e-4;

/** Readies a drawing. */
export function createTemplate({ solid, layers }: Drawing): Template {
  const mass = solid.reduce((sum, value) => sum + value, 0);
  const [cover, light, chroma] = layers;
  const ones = new Float32Array(solid.length).fill(1);
  const basis: Float32Array[] = [];
  for (const layer of [ones, cover, light, chroma, edgesOf(light, cover)]) {
    const rest = new Float64Array(layer);
    // Twice, since what is left of a layer that is nearly told may be small.
    for (const one of [...basis, ...basis]) takeAway(rest, one, solid);
    let length = 0;
    for (let i = 0; i < rest.length; i++) length += (rest[i] as number) ** 2 * (solid[i] as number);
    if (length <= NEW * mass) continue;
    const weighted = new Float32Array(rest.length);
    const scale = 1 / Math.sqrt(length);
    for (let i = 0; i < rest.length; i++) {
      weighted[i] = (rest[i] as number) * (solid[i] as number) * scale;
    }
    basis.push(weighted);
  }
  const onWhite = light.map((value, i) => value + 1 - (cover[i] as number));
  return { solid, mass, basis, look: { solid, light: onWhite } };
}

/** How much the outlines of a thing and a drawing overlap: what both cover over what either does, 0 to 1. */
export function overlapOf(look: Look, solid: Float32Array): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < solid.length; i++) {
    const a = look.solid[i] as number;
    const b = solid[i] as number;
    if (a < b) {
      both += a;
      either += b;
    } else {
      both += b;
      either += a;
    }
  }
  return either > 0 ? both / either : 0;
}

/**
 * How alike a thing and a drawing are, 0 to 1: the overlap of their outlines, times how much of the
 * thing's lightness is a linear mix of the drawing's lightness, chroma, edges and holes. Another
 * colour, another contrast or dark for light changes little.
 */
export function compare(look: Look, template: Template): number {
  const { solid, mass, basis } = template;
  const overlap = overlapOf(look, solid);
  if (overlap === 0) return 0;
  const { light } = look;
  let total = 0;
  for (let i = 0; i < solid.length; i++) total += (light[i] as number) ** 2 * (solid[i] as number);
  const shares = basis.map((one) => dot(light, one) ** 2);
  const varied = Math.max(0, total - (shares[0] ?? 0));
  const told = shares.slice(1).reduce((sum, share) => sum + share, 0);
  const rest = Math.max(0, varied - told) / (varied + FLAT * mass);
  return overlap * Math.sqrt(Math.max(0, 1 - rest));
}

function takeAway(rest: Float64Array, one: Float32Array, solid: Float32Array): void {
  const share = dot(rest, one);
  for (let i = 0; i < rest.length; i++) {
    const weight = solid[i] as number;
    if (weight > 0) rest[i] = (rest[i] as number) - (share * (one[i] as number)) / weight;
  }
}

function dot(a: ArrayLike<number>, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Steps of lightness and of coverage between neighbouring cells. */
function edgesOf(light: Float32Array, cover: Float32Array): Float32Array {
  const side = Math.sqrt(light.length);
  const clamp = (at: number) => Math.min(side - 1, Math.max(0, at));
  const at = (cells: Float32Array, x: number, y: number) =>
    cells[clamp(y) * side + clamp(x)] as number;
  return light.map((_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    let sum = 0;
    for (const cells of [light, cover]) {
      sum += (at(cells, x + 1, y) - at(cells, x - 1, y)) ** 2;
      sum += (at(cells, x, y + 1) - at(cells, x, y - 1)) ** 2;
    }
    return Math.sqrt(sum);
  });
}
