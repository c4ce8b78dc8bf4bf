import { ComfygenError } from 'comfygen/plugin';
import { type CheckedNode, linksOf } from './checked-graph.ts';

const HEAVY = 10;

/** The nodes in an order to run them: each after all that it needs, light ones first. Throws INVALID_WORKFLOW. */
export function orderNodes(nodes: CheckedNode[]): CheckedNode[] {
  const done = new Set<string>();
  const ordered: CheckedNode[] = [];
  let waiting = nodes;
  while (waiting.length > 0) {
    const ready = waiting.filter((node) => linksOf(node).every(([source]) => done.has(source)));
    const next = ready.find((node) => (node.definition.work ?? 1) < HEAVY) ?? ready[0];
    if (next === undefined) throw cycleError(waiting);
    done.add(next.id);
    ordered.push(next);
    waiting = waiting.filter((node) => node !== next);
  }
  return ordered;
}

function cycleError(nodes: CheckedNode[]): ComfygenError {
  const ids = nodes.map((node) => node.id);
  return new ComfygenError(
    'INVALID_WORKFLOW',
    `The workflow has a cycle: nodes ${ids.join(', ')} wait for each other.`,
    { details: { nodeId: ids[0], nodeIds: ids } },
  );
}
