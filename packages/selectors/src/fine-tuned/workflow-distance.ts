import { diffWorkflows } from 'comfygen/workflow';
import type { SlottedWorkflow } from './notation/expand-workflow.ts';
import { blankSlots } from './notation/placeholders.ts';

/**
 * How far two workflows are apart, 0 to 1: the share of their nodes that the other lacks, where a node that differs
 * in some of its inputs counts by that share. 0 exactly where they compute the same from every brief; 1 where no
 * class is in both. Prompt texts, seeds, batch sizes, node ids and titles don't count.
 */
export function workflowDistance(a: SlottedWorkflow, b: SlottedWorkflow): number {
  const [before, after] = [blankSlots(a.workflow, a.slots), blankSlots(b.workflow, b.slots)];
  const { removed, added, changed } = diffWorkflows(before, after);
  const changes = changed.reduce((sum, { before: old, after: young, inputs }) => {
    const names = new Set([
      ...Object.keys(before[old.nodeId]!.inputs),
      ...Object.keys(after[young.nodeId]!.inputs),
    ]);
    return sum + inputs.length / names.size;
  }, 0);
  const nodes = Object.keys(before).length + Object.keys(after).length;
  return nodes === 0 ? 0 : (removed.length + added.length + 2 * changes) / nodes;
}

/** A candidate with its distance. */
export interface Nearest<T> {
  nearest: T;
  distance: number;
}

/** The nearest of the candidates, the first of equally near ones; `undefined` where there is none. */
export function findNearest<T extends SlottedWorkflow>(
  graph: SlottedWorkflow,
  candidates: readonly T[],
): Nearest<T> | undefined {
  let best: Nearest<T> | undefined;
  for (const candidate of candidates) {
    const distance = workflowDistance(graph, candidate);
    if (best === undefined || distance < best.distance) best = { nearest: candidate, distance };
  }
  return best;
}
