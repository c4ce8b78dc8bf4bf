import type { ScoreMatrix } from 'comfygen/plugin';
import { fitEffects } from './fit-effects.ts';

/** Each flow's mean without prompt effects; a flow that was never scored has the least of all. */
export function flowMeans({ flows, scores }: ScoreMatrix): number[] {
  const means = fitEffects(scores, flows.length).map(({ mean }) => mean);
  const least = Math.min(...means.filter((mean) => mean !== null));
  return means.map((mean) => mean ?? least);
}
