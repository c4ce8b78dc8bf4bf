import { diffWorkflows, type Workflow } from 'comfygen/workflow';
import type { SlottedWorkflow } from './notation/expand-workflow.ts';
import { blankSlots } from './notation/placeholders.ts';

/**
 * How far two workflows are apart, 0 to 1: the share of their nodes that the other lacks, where a node that differs
 * in some of its inputs counts by that share. 0 exactly where they compute the same from every brief; 1 where no
 * class is in both. Prompt texts, seeds, batch sizes, node ids and titles don't count; templates of prompts do.
 */
export function workflowDistance(a: SlottedWorkflow, b: SlottedWorkflow): number {
  return distanceOf(plain(a), plain(b));
}

/** The nearest candidate and its distance, 0 to 1. */
export interface Nearest<T> {
  nearest: T;
  distance: number;
}

/** The nearest of the candidates, the first of equally near ones; `undefined` where there is none. */
export function findNearest<T extends SlottedWorkflow>(
  graph: SlottedWorkflow,
  candidates: readonly T[],
): Nearest<T> | undefined {
  const from = plain(graph);
  const classes = countClasses(from);
  // Those first that may be near: what follows can't beat what was found.
  const ordered = candidates
    .map((nearest, index) => {
      const to = plain(nearest);
      return { nearest, index, to, atLeast: leastDistance(classes, countClasses(to)) };
    })
    .sort((a, b) => a.atLeast - b.atLeast || a.index - b.index);
  let best: (Nearest<T> & { index: number }) | undefined;
  for (const { nearest, index, to, atLeast } of ordered) {
    if (best !== undefined && atLeast > best.distance) break;
    const distance = distanceOf(from, to);
    const isNearer = best === undefined || distance < best.distance;
    const isEarlier = distance === best?.distance && index < best.index;
    if (isNearer || isEarlier) best = { nearest, distance, index };
  }
  return best && { nearest: best.nearest, distance: best.distance };
}

/** A graph without what a brief writes; where a prompt goes, the template that makes it stands. */
function plain({ workflow, slots }: SlottedWorkflow): Workflow {
  const copy = blankSlots(workflow, slots);
  for (const { node, input, template } of slots.prompt) {
    if (Object.hasOwn(copy, node)) copy[node]!.inputs[input] = template ?? '{prompt}';
  }
  return copy;
}

function distanceOf(before: Workflow, after: Workflow): number {
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

function countClasses(workflow: Workflow): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { class_type } of Object.values(workflow)) {
    counts.set(class_type, (counts.get(class_type) ?? 0) + 1);
  }
  return counts;
}

/** The distance if every node that can have a partner were equal to it. */
function leastDistance(a: Map<string, number>, b: Map<string, number>): number {
  let [apart, nodes] = [0, 0];
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const [left, right] = [a.get(name) ?? 0, b.get(name) ?? 0];
    apart += Math.abs(left - right);
    nodes += left + right;
  }
  return nodes === 0 ? 0 : apart / nodes;
}
