import type { Flow, RankedFlow, ScoreTable } from 'comfygen/plugin';

/** A flow with what a table knows of it. */
interface Standing {
  flow: Flow;
  mean: number | undefined;
  count: number;
}

/** Best mean first, then what the table does not know, in the order of the offer. */
export function orderFlows(flows: readonly Flow[], table: ScoreTable | undefined): Standing[] {
  const columns = new Map(table?.flows.map((id, index) => [id, index]));
  const standings = flows.map((flow): Standing => {
    const score = table?.overall[columns.get(flow.id) ?? -1];
    return { flow, mean: score?.count ? score.mean : undefined, count: score?.count ?? 0 };
  });
  return standings.sort(
    (a, b) => (b.mean ?? Number.NEGATIVE_INFINITY) - (a.mean ?? Number.NEGATIVE_INFINITY) || 0,
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
          ? 'Not chosen; in the order of the offer.'
          : `Not chosen; its mean is ${Number(mean.toPrecision(3))} over ${count} prompts.`,
    }));
  return [first, ...others];
}
