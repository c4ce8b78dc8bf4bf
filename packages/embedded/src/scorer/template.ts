import type { Drawing, Look } from './look.ts';

/** A drawing readied for comparing. */
export interface Template {
  readonly solid: Float32Array;
  readonly mass: number;
  /** The drawing as a thing on white. */
  readonly look: Look;
  /** Orthonormal under the weights `solid`: what a drawing's lightness may be made of. */
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
    const rest = Float64Array.from(layer);
    for (const one of basis) {
      const share = dot(rest, one, solid);
      for (let i = 0; i < rest.length; i++)
        rest[i] = (rest[i] as number) - share * (one[i] as number);
    }
    const length = dot(rest, rest, solid);
    if (length < NEW * mass) continue;
    basis.push(Float32Array.from(rest, (value) => value / Math.sqrt(length)));
  }
  const onWhite = light.map((value, i) => value + 1 - (cover[i] as number));
  return { solid, mass, basis, look: { solid, light: onWhite } };
}

/**
 * How alike a thing and a drawing are, 0 to 1: the overlap of their outlines, times how much of the
 * thing's lightness is a linear mix of the drawing's lightness, chroma, edges and holes. Another
 * colour, another contrast or dark for light changes little.
 */
export function compare(look: Look, { solid, mass, basis }: Template): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < solid.length; i++) {
    const [a, b] = [look.solid[i] as number, solid[i] as number];
    both += Math.min(a, b);
    either += Math.max(a, b);
  }
  if (either === 0) return 0;
  const overlap = both / either;
  if (overlap < 0.4) return overlap * 0.5;
  const shares = basis.map((one) => dot(look.light, one, solid));
  const total = dot(look.light, look.light, solid) - (shares[0] as number) ** 2;
  const rest = shares.slice(1).reduce((sum, share) => sum - share * share, total);
  const told = 1 - Math.max(0, rest) / (Math.max(0, total) + FLAT * mass);
  return overlap * Math.sqrt(Math.max(0, told));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>, weights: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += (a[i] as number) * (b[i] as number) * (weights[i] as number);
  }
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
