import type { RunRecord, ScoreMatrix, Warning } from 'comfygen/plugin';
import { invalidScores } from './invalid-scores.ts';

/** The matrix made from runs. */
export interface RecordedMatrix {
  matrix: ScoreMatrix;
  /** Who scored the runs; `null` where no run has a score. */
  scorer: RunRecord['scorer'];
  /** Warnings about runs that were left out. */
  warnings: Warning[];
}

interface Cell {
  sum: number;
  count: number;
}

/**
 * What runs say of flows, from a list or a store's `list()`: a row for each prompt, a cell the mean score of all its
 * pictures with that flow, over seeds and runs. Labels are those that any of its runs had. Rows stand in the order of
 * their first run and have the ids `prompt-1`, `prompt-2`…; flows are sorted.
 *
 * @throws INVALID_SCORES where runs were scored by different scorers or versions of one: keep those of one
 */
export async function matrixFromRecords(
  records: Iterable<RunRecord> | AsyncIterable<RunRecord>,
): Promise<RecordedMatrix> {
  let runs = 0;
  const scored: RunRecord[] = [];
  for await (const record of records) {
    runs += 1;
    if (record.images.some(({ score }) => score !== null)) scored.push(record);
  }
  requireOneScorer(scored);
  const texts = new Map<string, { labels: Set<string>; cells: Map<string, Cell> }>();
  for (const { prompt, labels, flowId, images } of scored) {
    const row = texts.get(prompt) ?? { labels: new Set(), cells: new Map() };
    texts.set(prompt, row);
    for (const label of labels) row.labels.add(label);
    for (const image of images) {
      if (image.score === null) continue;
      // Pictures of a shortlist were made by several flows.
      const by = image.flowId ?? flowId;
      const cell = row.cells.get(by) ?? { sum: 0, count: 0 };
      row.cells.set(by, { sum: cell.sum + image.score, count: cell.count + 1 });
    }
  }
  const flows = [...new Set([...texts.values()].flatMap(({ cells }) => [...cells.keys()]))].sort();
  const rows = [...texts];
  const prompts = rows.map(([text, { labels }], index) => ({
    id: `prompt-${index + 1}`,
    text,
    labels: [...labels].sort(),
  }));
  const scores = rows.map(([, { cells }]) =>
    flows.map((flow) => {
      const cell = cells.get(flow);
      return cell === undefined ? null : cell.sum / cell.count;
    }),
  );
  const scorer = scored[0]?.scorer ?? null;
  return { matrix: { flows, prompts, scores }, scorer, warnings: leftOut(runs, scored.length) };
}

function requireOneScorer(scored: readonly RunRecord[]): void {
  const scorers = new Set(
    scored.map(({ scorer }) => (scorer === null ? 'none' : `${scorer.name} ${scorer.version}`)),
  );
  if (scorers.size <= 1) return;
  throw invalidScores('records', [
    `they were scored by ${[...scorers].sort().join(', ')}, whose scores can't be compared; give those of one`,
  ]);
}

function leftOut(runs: number, scored: number): Warning[] {
  const count = runs - scored;
  if (count === 0) return [];
  const message = `${count} of ${runs} runs have no score and were left out.`;
  return [{ code: 'runs-without-score', message, details: { count } }];
}
