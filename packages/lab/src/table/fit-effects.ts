import type { ScoreMatrix } from 'comfygen/plugin';
import { joinFlows } from './join-flows.ts';
import { solvePositive } from './solve.ts';

/** The estimated mean of one flow, without the effects of the prompts that it was scored on. */
export interface FlowEffect {
  /** Its mean score over all prompts, as if it had been scored with each; `null` where it never was. */
  mean: number | null;
  /** The variance of `mean`; infinite where nothing is known. */
  variance: number;
  /** Number of prompts that it was scored on. */
  count: number;
}

/**
 * Fits score = prompt + flow by least squares over the cells that are there, so that a flow which was tried on
 * hard prompts only is not thought worse for it. Flows that no prompt joins can't be compared within prompts;
 * there the groups' raw means tell. In a full matrix `mean` is the column's plain mean.
 */
export function fitEffects(scores: ScoreMatrix['scores'], flows: number): FlowEffect[] {
  const groups = joinFlows(scores, flows);
  const offsets = solveOffsets(scores, groups);
  const levels = groupLevels(scores, groups, offsets);
  const noise = residualVariance(scores, groups, offsets);
  return groups.map((group, flow): FlowEffect => {
    const own = scores.filter((row) => row[flow] !== null);
    const level = levels.get(group);
    if (own.length === 0 || level === undefined) {
      return { mean: null, variance: Number.POSITIVE_INFINITY, count: 0 };
    }
    // What a cell tells of its flow is less what it tells of its prompt: nothing where it is the only one.
    const worth = own.reduce((sum, row) => sum + 1 - 1 / countCells(row), 0);
    const spread = sampleVariance(own.map((row) => row[flow]!)) / own.length;
    const variance = worth > 0 && noise !== null ? noise / worth : spread;
    return { mean: level + offsets[flow]!, variance, count: own.length };
  });
}

/** What each flow adds within its group, where they sum to 0: the normal equations without the prompts. */
function solveOffsets(scores: ScoreMatrix['scores'], groups: readonly number[]): Float64Array {
  const size = groups.length;
  const left = Array.from({ length: size }, () => new Float64Array(size));
  const right = new Float64Array(size);
  for (let a = 0; a < size; a += 1) {
    for (let b = 0; b < size; b += 1) if (groups[a] === groups[b]) left[a]![b] = 1;
  }
  for (const row of scores) {
    const cells = presentCells(row);
    if (cells.length < 2) continue;
    const mean = cells.reduce((sum, flow) => sum + row[flow]!, 0) / cells.length;
    for (const a of cells) {
      const target = left[a]!;
      for (const b of cells) target[b]! -= 1 / cells.length;
      target[a]! += 1;
      right[a]! += row[a]! - mean;
    }
  }
  return solvePositive(left, right);
}

/** The mean prompt effect of each group that has a prompt. */
function groupLevels(
  scores: ScoreMatrix['scores'],
  groups: readonly number[],
  offsets: Float64Array,
): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const row of scores) {
    const [first] = presentCells(row);
    if (first === undefined) continue;
    const group = groups[first]!;
    const entry = sums.get(group) ?? { sum: 0, count: 0 };
    sums.set(group, { sum: entry.sum + promptEffect(row, offsets), count: entry.count + 1 });
  }
  return new Map([...sums].map(([group, { sum, count }]) => [group, sum / count]));
}

function residualVariance(
  scores: ScoreMatrix['scores'],
  groups: readonly number[],
  offsets: Float64Array,
): number | null {
  const joined = new Set<number>();
  let [sum, freedom] = [0, 0];
  for (const row of scores) {
    const cells = presentCells(row);
    if (cells.length < 2) continue;
    const effect = promptEffect(row, offsets);
    for (const flow of cells) {
      sum += (row[flow]! - effect - offsets[flow]!) ** 2;
      joined.add(flow);
    }
    freedom += cells.length - 1;
  }
  // Each group's flows have one degree of freedom less than there are flows.
  freedom -= joined.size - new Set([...joined].map((flow) => groups[flow])).size;
  return freedom > 0 ? sum / freedom : null;
}

function promptEffect(row: readonly (number | null)[], offsets: Float64Array): number {
  const cells = presentCells(row);
  return cells.reduce((sum, flow) => sum + row[flow]! - offsets[flow]!, 0) / cells.length;
}

function presentCells(row: readonly (number | null)[]): number[] {
  return row.flatMap((score, flow) => (score === null ? [] : [flow]));
}

const countCells = (row: readonly (number | null)[]) =>
  row.reduce<number>((count, score) => count + (score === null ? 0 : 1), 0);

function sampleVariance(values: readonly number[]): number {
  if (values.length < 2) return Number.POSITIVE_INFINITY;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
