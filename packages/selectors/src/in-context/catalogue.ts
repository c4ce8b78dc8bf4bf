import type { Flow, ScoreTable } from 'comfygen/plugin';
import { flowCard } from '../language-model/flow-card.ts';
import { compactTable } from './compact-table.ts';

/** The texts about flows that a model reads. */
export interface Catalogue {
  /** The flows in the order of their row numbers; row 1 is the first. */
  rows: readonly Flow[];
  /** The cards of the flows that were scored, and their score table. */
  scored: string;
  /** The cards of the other flows. */
  unscored: string;
  /** Whether `unscored` is the same text for every prompt. */
  isStable: boolean;
  /** What one point of the table is on the scorer's scale. */
  point: number;
}

export interface CatalogueRequest {
  flows: readonly Flow[];
  table: ScoreTable | undefined;
  maxRows: number;
  /** Orders flows without scores by how well they fit; used where not all find room. */
  byFit(flows: readonly Flow[]): readonly Flow[];
}

/** Makes the texts about these flows. Equal flows and tables give equal text, whatever the order of the flows. */
export function createCatalogue({ flows, table, maxRows, byFit }: CatalogueRequest): Catalogue {
  const columns = new Map(table?.flows.map((id, column) => [id, column]));
  const distinct = withoutTwins(flows, table, columns);
  const known = new Map(distinct.map((flow) => [flow.id, flow]));
  const isScored = ({ id }: Flow) => (table?.overall[columns.get(id) ?? -1]?.count ?? 0) > 0;
  const fresh = distinct.filter((flow) => !isScored(flow));
  // What has no scores yet must have a chance, but not crowd out what is known to be good.
  const kept = Math.max(maxRows - fresh.length, Math.ceil(maxRows * 0.75));
  const written = table && compactTable(table, { flows: [...known.keys()], maxRows: kept });
  const scored = (written?.rows ?? []).map((id) => known.get(id)!);
  const room = maxRows - scored.length;
  const isStable = fresh.length <= room;
  const unscored = isStable ? fresh : byFit(fresh).slice(0, room);
  return {
    rows: [...scored, ...unscored],
    scored: scored.length === 0 ? '' : `${cards(scored, 1)}\n\n${tableText(written!)}`,
    unscored: cards(unscored, scored.length + 1),
    isStable,
    point: written?.point ?? 1,
  };
}

const cards = (flows: readonly Flow[], first: number) =>
  flows.map((flow, index) => `${first + index} ${flow.id}: ${flowCard(flow)}`).join('\n');

const tableText = ({ text, point }: { text: string; point: number }) =>
  `Points by label (prompts behind it, error of one number in points): row+points, best first. One point is ${point} of a score.\n${text}`;

/** By id; of flows that neither their graph, nor their card, nor their scores tell apart, the first. */
function withoutTwins(
  flows: readonly Flow[],
  table: ScoreTable | undefined,
  columns: ReadonlyMap<string, number>,
): Flow[] {
  const seen = new Map<string, Flow>();
  for (const flow of [...flows].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const column = columns.get(flow.id) ?? -1;
    const scores = [table?.overall, ...(table?.byLabel ?? [])].map((row) => row?.[column]?.mean);
    const key = JSON.stringify([flow.hash, flowCard(flow), scores]);
    if (!seen.has(key)) seen.set(key, flow);
  }
  return [...seen.values()];
}
