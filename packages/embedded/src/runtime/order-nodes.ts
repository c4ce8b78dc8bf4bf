import { ComfygenError } from 'comfygen/plugin';
import { type CheckedNode, linksOf } from './checked-graph.ts';

const HEAVY = 10;

/** The nodes in an order to run them: each after all that it needs, light ones first. Throws INVALID_WORKFLOW. */
export function orderNodes(nodes: CheckedNode[]): CheckedNode[] {
  const ordered: CheckedNode[] = [];
  const missing = new Map(nodes.map((node) => [node.id, sourcesOf(node).length]));
  const users = new Map<string, string[]>();
  for (const node of nodes) {
    for (const source of sourcesOf(node))
      users.set(source, [...(users.get(source) ?? []), node.id]);
  }
  let waiting = nodes;
  while (waiting.length > 0) {
    const ready = waiting.filter((node) => missing.get(node.id) === 0);
    const next = ready.find((node) => (node.definition.work ?? 1) < HEAVY) ?? ready[0];
    if (next === undefined) throw cycleError(waiting);
    for (const id of users.get(next.id) ?? []) missing.set(id, (missing.get(id) ?? 0) - 1);
    ordered.push(next);
    waiting = waiting.filter((node) => node !== next);
  }
  return ordered;
}

const sourcesOf = (node: CheckedNode) => [...new Set(linksOf(node).map(([source]) => source))];

function cycleError(nodes: CheckedNode[]): ComfygenError {
  const ids = nodes.map((node) => node.id);
  return new ComfygenError(
    'INVALID_WORKFLOW',
    `The workflow has a cycle: nodes ${ids.join(', ')} wait for each other.`,
    { details: { nodeId: ids[0], nodeIds: ids } },
  );
}
