import { seedRandom } from '../random.ts';
import type { Outcome } from './judge-ranking.ts';
import type { Interval } from './types.ts';

const REPLICATES = 1000;

/**
 * Recovery over all outcomes, ρ = Σ(chosen − best single) / Σ(oracle − best single), with a 95 % percentile interval.
 * Each of 1,000 replicates draws texts and, where there are several, splits with replacement (Owen's pigeonhole
 * bootstrap): a text's prompts come or go together, in every split that tests them. Models are not fitted again.
 * `null` where the oracle gains nothing.
 */
export function bootstrapRecovery(outcomes: readonly Outcome[], seed: number): Interval | null {
  const mean = recovery(outcomes, ({ score }) => score);
  if (mean === null) return null;
  const texts = 1 + Math.max(...outcomes.map(({ text }) => text));
  const splits = 1 + Math.max(...outcomes.map(({ split }) => split));
  const random = seedRandom('bootstrap', seed);
  const drawn: number[] = [];
  for (let replicate = 0; replicate < REPLICATES; replicate += 1) {
    const ofText = drawCounts(texts, random);
    const ofSplit = drawCounts(splits, random);
    let [gain, gap] = [0, 0];
    for (const { text, split, score, single, oracle } of outcomes) {
      const weight = ofText[text]! * ofSplit[split]!;
      gain += weight * (score - single);
      gap += weight * (oracle - single);
    }
    if (gap > 0) drawn.push(gain / gap);
  }
  drawn.sort((a, b) => a - b);
  return { mean, low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

/** The share of the way from the best single flow to the oracle that `worthOf` goes. */
export function recovery(
  outcomes: readonly Outcome[],
  worthOf: (outcome: Outcome) => number,
): number | null {
  let [gain, gap] = [0, 0];
  for (const outcome of outcomes) {
    gain += worthOf(outcome) - outcome.single;
    gap += outcome.oracle - outcome.single;
  }
  return gap > 0 ? gain / gap : null;
}

/** The value below which this share of the sorted ones lies, between neighbours in proportion. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

/** How often each of `size` things comes when `size` are drawn with replacement. */
function drawCounts(size: number, random: ReturnType<typeof seedRandom>): Uint16Array {
  const counts = new Uint16Array(size);
  for (let draw = 0; draw < size; draw += 1) counts[random.below(size)]! += 1;
  return counts;
}
