import type { ScoreMatrix } from 'comfygen/plugin';
import { alignFlows, alignRows, type NamedMatrix } from './align-matrix.ts';
import { invalidScores } from './invalid-scores.ts';

/**
 * The mean of several matrices of the same prompts and flows, cell by cell, in the first one's order. A cell
 * that is missing in one is missing in the mean: half of it would be on another scale than its neighbours.
 *
 * @throws INVALID_SCORES naming the flows or prompts that not all have
 */
export function averageMatrices(matrices: readonly NamedMatrix[]): ScoreMatrix {
  const [first, ...others] = matrices;
  if (first === undefined)
    throw invalidScores('averageMatrices', ['there is no matrix to average']);
  const { flows, prompts } = first.matrix;
  const grids = [first.matrix.scores];
  for (const other of others) {
    const aligned = { name: other.name, matrix: alignFlows(flows, first.name, other) };
    grids.push(alignRows(prompts, first.name, aligned));
    // The other way round too: a row that only one file has would be lost without a word.
    alignRows(other.matrix.prompts, other.name, first);
  }
  const scores = prompts.map((_, row) =>
    flows.map((_, column) => meanOf(grids.map((grid) => grid[row]![column]!))),
  );
  return { flows, prompts, scores };
}

function meanOf(cells: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const cell of cells) {
    if (cell === null) return null;
    sum += cell;
  }
  return sum / cells.length;
}
