import type { FlowScore, PredictedGain, ScoreTable } from 'comfygen/plugin';

/** The score that the table predicts for one flow under some labels. */
export interface TableScore {
  flowId: string;
  /** The score, on the scorer's scale. */
  score: number;
}

/** A score table, asked for prompts of some labels. */
export interface TableView {
  has(flowId: string): boolean;
  /** Those of the labels that the table knows. */
  known(labels: readonly string[]): string[];
  /**
   * The flows that the table has, best first: by their mean over the labels, or over all prompts where it has none of
   * them.
   */
  rank(flowIds: readonly string[], labels: readonly string[]): TableScore[];
  /** How much a flow is better than the best single flow on offer; `undefined` where an error is not known. */
  gain(
    flowId: string,
    flowIds: readonly string[],
    labels: readonly string[],
  ): PredictedGain | undefined;
}

/** 90 % of a normal distribution lie within so many standard errors. */
const Z90 = 1.645;

export function viewTable(table: ScoreTable): TableView {
  const columns = new Map(table.flows.map((id, index) => [id, index]));
  const rows = new Map(table.labels.map(({ label }, index) => [label, table.byLabel[index]!]));

  function cellsOf(flowId: string, labels: readonly string[]): FlowScore[] {
    const column = columns.get(flowId)!;
    const cells = labels.flatMap((label) => rows.get(label)?.[column] ?? []);
    return cells.length === 0 ? [table.overall[column]!] : cells;
  }
  const scoreOf = (flowId: string, labels: readonly string[]) =>
    average(cellsOf(flowId, labels).map(({ mean }) => mean));
  const errorOf = (flowId: string, labels: readonly string[]) =>
    // The labels of a prompt share prompts, so their errors don't cancel out.
    average(cellsOf(flowId, labels).map(({ standardError }) => standardError ?? Number.NaN));

  const view: TableView = {
    has: (flowId) => (table.overall[columns.get(flowId) ?? -1]?.count ?? 0) > 0,
    known: (labels) => labels.filter((label) => rows.has(label)),
    rank: (flowIds, labels) =>
      flowIds
        .filter(view.has)
        .map((flowId) => ({ flowId, score: scoreOf(flowId, labels) }))
        .sort((a, b) => b.score - a.score || (a.flowId < b.flowId ? -1 : 1)),
    gain(flowId, flowIds, labels) {
      const [best] = view.rank(flowIds, []);
      if (best === undefined || !view.has(flowId)) return undefined;
      const over = best.flowId;
      if (over === flowId) return { over, mean: 0, interval: [0, 0] };
      const mean = scoreOf(flowId, labels) - scoreOf(over, labels);
      const width = Z90 * Math.hypot(errorOf(flowId, labels), errorOf(over, labels));
      return Number.isNaN(width)
        ? undefined
        : { over, mean, interval: [mean - width, mean + width] };
    },
  };
  return view;
}

const average = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
