import type { NodeCatalogue, Workflow } from '../spec/index.ts';
import { hasNode, linksOf } from './links.ts';
import { findOutputNodes } from './output-nodes.ts';
import { requireShape } from './require-shape.ts';

/** Ids of the nodes that an output node needs, itself included. */
export function reachableNodes(workflow: Workflow, outputs: readonly string[]): Set<string> {
  const queue = outputs.filter((id) => hasNode(workflow, id));
  const found = new Set(queue);
  for (const id of queue) {
    for (const [, [source]] of linksOf(workflow[id]!.inputs)) {
      if (!hasNode(workflow, source) || found.has(source)) continue;
      found.add(source);
      queue.push(source);
    }
  }
  return found;
}

/** The workflow without nodes that lead to no output node. Without any output node it is left whole. */
export function pruneWorkflow(workflow: Workflow, catalogue?: NodeCatalogue): Workflow {
  requireShape(workflow);
  const outputs = findOutputNodes(workflow, catalogue);
  if (outputs.length === 0) return { ...workflow };
  const kept = reachableNodes(workflow, outputs);
  return Object.fromEntries(Object.entries(workflow).filter(([id]) => kept.has(id)));
}
