import { normalCdf } from '../statistics.ts';

/** The belief about a flow's reward: a normal distribution with this mean and standard deviation. */
export interface Belief {
  mean: number;
  deviation: number;
}

/** Each flow's chance of being drawn: with chance `rate` any flow, else the best. */
export function epsilonChances(beliefs: readonly Belief[], rate: number): number[] {
  const best = bestPlace(beliefs);
  return beliefs.map((_, place) => rate / beliefs.length + (place === best ? 1 - rate : 0));
}

/** Each flow's chance of being drawn, in proportion to exp(mean ÷ temperature). */
export function softmaxChances(beliefs: readonly Belief[], temperature: number): number[] {
  const top = Math.max(...beliefs.map(({ mean }) => mean));
  return normalized(beliefs.map(({ mean }) => Math.exp((mean - top) / temperature)));
}

/** The most points of the integral; more would only be used where deviations differ by a factor of hundreds. */
const MOST_POINTS = 4_096;
/** Where a normal density ends, in deviations: 1e-15 lies beyond. */
const TAIL = 8;

/**
 * The chance of each flow to be the best, its reward being drawn from what is believed of it: Thompson
 * sampling. The integral of density × the others' distribution functions is taken by the trapezoid rule in
 * steps of half the smallest deviation, where its error is below that of the distribution function, 1e-6.
 * The flow is drawn from these very numbers, so they are the exact chances of the draw.
 */
export function thompsonChances(beliefs: readonly Belief[], scale: number): number[] {
  const wide = beliefs.map(({ mean, deviation }) => ({ mean, deviation: deviation * scale }));
  // Below the surest bound of the best flow no maximum lies.
  const low = Math.max(...wide.map(({ mean, deviation }) => mean - TAIL * deviation));
  const high = Math.max(...wide.map(({ mean, deviation }) => mean + TAIL * deviation));
  const smallest = Math.min(...wide.map(({ deviation }) => deviation));
  if (!(smallest > 0)) return epsilonChances(beliefs, 0);
  const points = Math.min(MOST_POINTS, Math.ceil((2 * (high - low)) / smallest) + 1);
  const step = (high - low) / (points - 1);
  const chances = new Array<number>(wide.length).fill(0);
  const below = new Float64Array(wide.length);
  for (let point = 0; point < points; point += 1) {
    const x = low + point * step;
    let logAll = 0;
    for (const [place, { mean, deviation }] of wide.entries()) {
      below[place] = Math.log(normalCdf((x - mean) / deviation));
      logAll += below[place]!;
    }
    for (const [place, { mean, deviation }] of wide.entries()) {
      const logDensity = -0.5 * ((x - mean) / deviation) ** 2 - Math.log(deviation);
      chances[place]! += Math.exp(logDensity + logAll - below[place]!);
    }
  }
  return normalized(chances);
}

/** The chances, raised to at least `floor` for each flow. */
export function withFloor(chances: readonly number[], floor: number): number[] {
  const least = Math.min(floor, 1 / chances.length);
  return chances.map((chance) => least + (1 - least * chances.length) * chance);
}

/** The index of the belief with the highest mean; of equal ones the first. */
export function bestPlace(beliefs: readonly Belief[]): number {
  let best = 0;
  for (const [place, { mean }] of beliefs.entries()) if (mean > beliefs[best]!.mean) best = place;
  return best;
}

function normalized(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
