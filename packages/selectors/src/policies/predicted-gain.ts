import type { PredictedGain, Selection } from 'comfygen/plugin';

/**
 * What the first of the ranking is expected to win over a flow: the selector's own `gain` where it speaks of
 * that flow, else from the two scores and their intervals as if their errors were independent. Since they
 * mostly go together, this interval is rather too wide than too narrow. `undefined` where neither is known.
 */
export function predictedGain(
  { ranked, gain }: Selection,
  over: string,
): PredictedGain | undefined {
  if (gain?.over === over) return gain;
  const [first] = ranked;
  const other = ranked.find(({ flowId }) => flowId === over);
  if (!first || first.score === null || first.interval === null) return undefined;
  if (!other || other.score === null || other.interval === null) return undefined;
  const mean = first.score - other.score;
  const below = Math.hypot(first.score - first.interval[0], other.interval[1] - other.score);
  const above = Math.hypot(first.interval[1] - first.score, other.score - other.interval[0]);
  return { over, mean, interval: [mean - below, mean + above] };
}

/** A gain as text: `+0.12, 90 % interval −0.03 to +0.27`. */
export function describeGain({ mean, interval: [low, high] }: PredictedGain): string {
  return `${signed(mean)}, 90 % interval ${signed(low)} to ${signed(high)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toPrecision(2)}`;
}
