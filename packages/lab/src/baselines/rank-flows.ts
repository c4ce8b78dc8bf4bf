import type { RankedFlow, Selection, SelectorRequest } from 'comfygen/plugin';

/** The flows on offer by their scores, best first; equal ones stay in the order of the offer. */
export function rankFlows(
  { flows }: SelectorRequest,
  scoreOf: (flowId: string) => number,
  { reason, labels = [] }: { reason: string; labels?: string[] },
): Selection {
  const ranked = flows
    .map(({ id }): RankedFlow => {
      return { flowId: id, score: scoreOf(id), interval: null, probability: 0, reason };
    })
    .sort((a, b) => b.score! - a.score!);
  if (ranked[0] !== undefined) ranked[0].probability = 1;
  return { ranked, labels, reason, warnings: [] };
}
