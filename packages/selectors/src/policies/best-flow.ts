import { parseScoreTable, type ScoreTable } from 'comfygen/plugin';

/** The best single flow: its id, or a table of scores to find it among the flows on offer. */
export type BestFlow = string | ScoreTable;

/** Checks a table once, so that a damaged one is refused before the first prompt. @throws INVALID_SCORES */
export function parseBestFlow(best: BestFlow | undefined): BestFlow | undefined {
  return typeof best === 'object' ? parseScoreTable(best) : best;
}

/** The best of these flows over all prompts; `undefined` where none of them is known. */
export function bestOf(best: BestFlow, offered: readonly string[]): string | undefined {
  if (typeof best === 'string') return offered.includes(best) ? best : undefined;
  let found: { flowId: string; mean: number } | undefined;
  for (const [index, flowId] of best.flows.entries()) {
    const { mean, count } = best.overall[index]!;
    if (count === 0 || !offered.includes(flowId)) continue;
    if (found === undefined || mean > found.mean) found = { flowId, mean };
  }
  return found?.flowId;
}
