import { ComfygenError } from '../errors/comfygen-error.ts';
import type { FlowScore, ScoreTable } from '../spec/index.ts';
import { openDocument, sealDocument } from './seal.ts';

const SCHEMA = 'comfygen/score-table@1';

/** A score table from its content: schema and hash are added. @throws INVALID_SCORES where its shapes don't agree */
export function sealScoreTable(content: Omit<ScoreTable, 'schema' | 'hash'>): ScoreTable {
  const table = sealDocument({ schema: SCHEMA, ...content } as const);
  checkShape(table);
  return table;
}

/** The score table in a parsed JSON file. @throws INVALID_SCORES where it is another file, another version, or damaged */
export function parseScoreTable(value: unknown): ScoreTable {
  const table = openDocument(value, {
    schema: SCHEMA,
    noun: 'score table',
    code: 'INVALID_SCORES',
  }) as ScoreTable;
  checkShape(table);
  return table;
}

// The hash already says that nothing changed; this finds tables that were sealed wrong.
function checkShape({ flows, labels, overall, byLabel }: ScoreTable): void {
  const isScore = (score: FlowScore) =>
    Number.isFinite(score?.mean) &&
    Number.isInteger(score.count) &&
    (score.standardError === null || score.standardError >= 0);
  const isRow = (row: FlowScore[]) =>
    Array.isArray(row) && row.length === flows.length && row.every(isScore);
  const faults = [
    !areDistinct(flows) && '"flows" must be distinct flow ids',
    !(Array.isArray(labels) && areDistinct(labels.map((one) => one?.label))) &&
      '"labels" must be distinct labels',
  ].filter((fault) => fault !== false);
  if (faults.length === 0) {
    if (!isRow(overall)) faults.push('"overall" must have a score for each flow');
    if (!(Array.isArray(byLabel) && byLabel.length === labels.length && byLabel.every(isRow))) {
      faults.push('"byLabel" must have a row for each label with a score for each flow');
    }
  }
  if (faults.length === 0) return;
  throw new ComfygenError('INVALID_SCORES', `This is no score table: ${faults.join('; ')}.`);
}

function areDistinct(names: unknown): boolean {
  return (
    Array.isArray(names) &&
    names.every((name) => typeof name === 'string' && name !== '') &&
    new Set(names).size === names.length
  );
}
