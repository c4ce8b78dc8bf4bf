import type { Selection } from 'comfygen/plugin';

/** A lead that is smaller than this share of the range of all scores says little. */
const SMALL_LEAD = 0.1;

/**
 * Whether a selection leaves the first place open, by the best that it says of itself: it abstained; its gain
 * over the best single flow may be none; the intervals of the first two overlap; or, without intervals, the
 * first leads by less than a tenth of the range of the scores (of two flows it always leads by all of it, unless
 * they are equal). Without any score it is unsure.
 */
export function isUnsure({ ranked, gain, abstained }: Selection): boolean {
  const [first, second] = ranked;
  if (!first || !second) return false;
  if (abstained) return true;
  if (gain !== undefined && gain.over !== first.flowId) return gain.interval[0] <= 0;
  if (first.interval !== null && second.interval !== null) {
    return first.interval[0] <= second.interval[1];
  }
  const scores = ranked.flatMap(({ score }) => (score === null ? [] : [score]));
  if (first.score === null || second.score === null) return true;
  const range = Math.max(...scores) - Math.min(...scores);
  return range === 0 || first.score - second.score < SMALL_LEAD * range;
}
