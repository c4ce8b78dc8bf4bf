import type { ScoreMatrix } from 'comfygen/plugin';
import { invalidScores } from './invalid-scores.ts';

/** A matrix, with the name that messages give it. */
export interface NamedMatrix {
  name: string;
  matrix: ScoreMatrix;
}

/**
 * The matrix with its columns in the order of `flows`. @throws INVALID_SCORES listing the flows that only one side has
 */
export function alignFlows(
  flows: readonly string[],
  wanted: string,
  other: NamedMatrix,
): ScoreMatrix {
  const { name, matrix } = other;
  const missing = flows.filter((flow) => !matrix.flows.includes(flow));
  const extra = matrix.flows.filter((flow) => !flows.includes(flow));
  if (missing.length + extra.length > 0) {
    const problems = [
      missing.length > 0 && `${name} lacks ${missing.join(', ')}`,
      extra.length > 0 && `${wanted} lacks ${extra.join(', ')}`,
    ].filter((problem) => problem !== false);
    throw invalidScores(`${name} and ${wanted} must have the same flows`, problems, {
      missing,
      extra,
    });
  }
  const columns = flows.map((flow) => matrix.flows.indexOf(flow));
  const scores = matrix.scores.map((row) => columns.map((column) => row[column] ?? null));
  return { flows: [...flows], prompts: matrix.prompts, scores };
}

/**
 * The rows of `other` for these prompts, found by id. @throws INVALID_SCORES listing ids that are missing or stand
 * for another text
 */
export function alignRows(
  prompts: ScoreMatrix['prompts'],
  wanted: string,
  { name, matrix }: NamedMatrix,
): (number | null)[][] {
  const rows = new Map(matrix.prompts.map(({ id }, index) => [id, index]));
  const missing = prompts.filter(({ id }) => !rows.has(id)).map(({ id }) => id);
  const changed = prompts
    .filter(({ id, text }) => rows.has(id) && matrix.prompts[rows.get(id)!]!.text !== text)
    .map(({ id }) => id);
  const problems = [
    ...(missing.length > 0 ? [`it has no row for ${listIds(missing)}`] : []),
    ...(changed.length > 0 ? [`another prompt stands at ${listIds(changed)}`] : []),
  ];
  if (problems.length > 0) {
    throw invalidScores(`${name} must have the prompts of ${wanted}`, problems, {
      missing,
      changed,
    });
  }
  return prompts.map(({ id }) => matrix.scores[rows.get(id)!]!);
}

function listIds(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).join(', ');
  return ids.length > 5 ? `${shown} and ${ids.length - 5} more` : shown;
}
