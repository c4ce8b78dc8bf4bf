import type { CallContext, Flow, RankedFlow, ScoreTable, SelectorRequest } from 'comfygen/plugin';
import { rules } from '../rules/rules.ts';

/** A flow with its score in the table, where it has one. */
export interface Standing {
  flow: Flow;
  mean: number | undefined;
  count: number;
}

/** The flows by their mean in the table, best first; then those that the table lacks, as `rules` ranks them. */
export async function orderFlows(
  request: SelectorRequest,
  table: ScoreTable | undefined,
  ctx: CallContext,
): Promise<Standing[]> {
  const { ranked } = await rules().select(request, ctx);
  const place = new Map(ranked.map(({ flowId }, index) => [flowId, index]));
  const columns = new Map(table?.flows.map((id, index) => [id, index]));
  const standings = request.flows.map((flow): Standing => {
    const score = table?.overall[columns.get(flow.id) ?? -1];
    return { flow, mean: score?.count ? score.mean : undefined, count: score?.count ?? 0 };
  });
  // Infinity less itself is no number, and then the rules decide as they do between equal means.
  return standings.sort(
    (a, b) =>
      (b.mean ?? Number.NEGATIVE_INFINITY) - (a.mean ?? Number.NEGATIVE_INFINITY) ||
      place.get(a.flow.id)! - place.get(b.flow.id)!,
  );
}

/** A ranking with one flow first and the others as they stand. */
export function rankFrom(first: RankedFlow, standings: readonly Standing[]): RankedFlow[] {
  const others = standings
    .filter(({ flow }) => flow.id !== first.flowId)
    .map(({ flow, mean, count }) => ({
      flowId: flow.id,
      score: null,
      interval: null,
      probability: 0,
      reason:
        mean === undefined
          ? 'Not chosen; it stands where the rules rank it.'
          : `Not chosen; its mean is ${Number(mean.toPrecision(3))} over ${count} prompts.`,
    }));
  return [first, ...others];
}
