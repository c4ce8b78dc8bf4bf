import type { FlowScore, ScoreTable } from 'comfygen/plugin';

/** Options of `compactTable`. */
export interface CompactTableOptions {
  /** Ids of the flows that may get a row; ids that the table lacks are ignored. Default: all flows of the table. */
  flows?: readonly string[] | undefined;
  /** The most flows that get a row. Default 64. */
  maxRows?: number | undefined;
  /** The most flows listed under one label. Default 24. */
  perLabel?: number | undefined;
}

/** A score table as text for a language model. */
export interface CompactTable {
  /** Flow ids: row 1 is the first. */
  rows: string[];
  /** The table: one line for each label, best rows first. */
  text: string;
  /** What one point is on the scorer's scale. */
  point: number;
}

interface Column {
  name: string;
  prompts: number;
  scores: readonly FlowScore[];
  /** Over all flows that were scored. */
  mean: number;
}

/**
 * A score table in as few tokens as a choice needs. Rows are the flows that stand highest under any label, so those
 * below the median everywhere go first; scores are three-digit distances from a label's mean flow; under each label
 * stand only its best rows. Equal tables give equal text.
 */
export function compactTable(
  table: ScoreTable,
  { flows = table.flows, maxRows = 64, perLabel = 24 }: CompactTableOptions = {},
): CompactTable {
  const wanted = new Set(flows);
  const isScored = (flow: number) => table.overall[flow]!.count > 0;
  const scored = table.flows.map((_, flow) => flow).filter(isScored);
  const columns = columnsOf(table, scored);
  const rows = pickRows(
    columns,
    scored.filter((flow) => wanted.has(table.flows[flow]!)),
    maxRows,
  );
  const point = pointOf(columns, rows);
  const lines = columns.map((column) => writeColumn(column, rows, point, perLabel));
  return { rows: rows.map((flow) => table.flows[flow]!), text: lines.join('\n'), point };
}

function columnsOf(
  { prompts, labels, overall, byLabel }: ScoreTable,
  scored: readonly number[],
): Column[] {
  const column = (name: string, count: number, scores: readonly FlowScore[]): Column => ({
    name,
    prompts: count,
    scores,
    mean: scored.reduce((sum, flow) => sum + scores[flow]!.mean, 0) / scored.length,
  });
  return [
    column('all', prompts, overall),
    ...labels.map(({ label, prompts: count }, index) => column(label, count, byLabel[index]!)),
  ];
}

/** The flows with the best place under any label; equal ones by their place over all prompts. */
function pickRows(columns: readonly Column[], flows: readonly number[], limit: number): number[] {
  const places = new Map<number, number>();
  for (const column of columns) {
    for (const [place, flow] of inOrder(column, flows).entries()) {
      places.set(flow, Math.min(places.get(flow) ?? place, place));
    }
  }
  return inOrder(columns[0]!, flows)
    .sort((a, b) => places.get(a)! - places.get(b)!)
    .slice(0, limit);
}

/** Best first; equal ones in the table's order. */
function inOrder({ scores }: Column, flows: readonly number[]): number[] {
  return [...flows].sort((a, b) => scores[b]!.mean - scores[a]!.mean || a - b);
}

/**
 * Three digits hold the largest distance, and are one token for most models; two would lose choices. 1 where all
 * flows are alike.
 */
function pointOf(columns: readonly Column[], rows: readonly number[]): number {
  const distances = columns.flatMap(({ scores, mean }) =>
    rows.map((flow) => Math.abs(scores[flow]!.mean - mean)),
  );
  const largest = distances.reduce((most, distance) => Math.max(most, distance), 0);
  return Number((largest / 990).toPrecision(3)) || 1;
}

function writeColumn(column: Column, rows: readonly number[], point: number, most: number): string {
  const { name, prompts, scores, mean } = column;
  const numberOf = new Map(rows.map((flow, index) => [flow, index + 1]));
  const cells = inOrder(column, rows)
    .slice(0, most)
    .map((flow) => `${numberOf.get(flow)}${signed(scores[flow]!.mean - mean, point)}`);
  const errors = rows.flatMap((flow) => scores[flow]!.standardError ?? []).sort((a, b) => a - b);
  const middle = errors[Math.floor(errors.length / 2)];
  const error = middle === undefined ? '' : `, ±${Math.round(middle / point)}`;
  return `${name} (${prompts}${error}): ${cells.join(' ')}`;
}

/** A distance in whole points: `+12`, `-3`. */
export function signed(distance: number, point: number): string {
  const points = Math.round(distance / point);
  return points < 0 ? String(points) : `+${points}`;
}
