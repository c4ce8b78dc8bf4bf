import { ComfygenError, type ScoredPrompt, type ScoreMatrix } from 'comfygen/plugin';

/**
 * The matrix with one row for each text, scores of equal texts averaged, and without prompts that have no score.
 * A text that came twice could else be predicted from itself, and would look better known than it is.
 *
 * @throws INVALID_SCORES where shapes don't agree, a score is no finite number, or nothing was scored
 */
export function prepareMatrix(matrix: ScoreMatrix): ScoreMatrix {
  checkShape(matrix);
  const groups = new Map<string, number[]>();
  for (const [row, { text }] of matrix.prompts.entries()) {
    if (matrix.scores[row]!.every((score) => score === null)) continue;
    const key = text.trim();
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  if (groups.size === 0) throw invalid('it has no score');
  const prompts = [...groups].map(([text, [first, ...others]]): ScoredPrompt => {
    const { id, labels } = matrix.prompts[first!]!;
    const more = others.flatMap((row) => matrix.prompts[row]!.labels);
    return { id, text, labels: [...new Set([...labels, ...more])] };
  });
  const scores = [...groups.values()].map((rows) =>
    matrix.flows.map((_, flow) => meanOf(rows.map((row) => matrix.scores[row]![flow]!))),
  );
  return { flows: matrix.flows, prompts, scores };
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function checkShape({ flows, prompts, scores }: ScoreMatrix): void {
  if (flows.length === 0) throw invalid('it has no flow');
  if (new Set(flows).size < flows.length) throw invalid('a flow stands in it twice');
  if (prompts.length !== scores.length) {
    throw invalid(`it has ${prompts.length} prompts and ${scores.length} rows of scores`);
  }
  for (const [row, values] of scores.entries()) {
    const isRow = values.length === flows.length;
    if (isRow && values.every((value) => value === null || Number.isFinite(value))) continue;
    const what = isRow ? 'a score that is no finite number' : `not ${flows.length} scores`;
    throw invalid(`prompt ${prompts[row]!.id} has ${what}`);
  }
}

function invalid(reason: string): ComfygenError {
  return new ComfygenError('INVALID_SCORES', `The matrix cannot be learned from: ${reason}.`, {
    part: { role: 'selector', name: 'learned' },
  });
}
