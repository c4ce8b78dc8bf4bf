import type { Workflow } from 'comfygen/workflow';

/** Ids that a node's links name, declared or not. */
export function linkedIds(workflow: Workflow, id: string): string[] {
  return Object.values(workflow[id]?.inputs ?? {}).flatMap((value) =>
    Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' ? [value[0]] : [],
  );
}

/**
 * Nodes on the way to an output, those that feed it first. Without those that wait for a circle of links: they never
 * run.
 */
export function orderNodes(workflow: Workflow, outputs: readonly string[]): string[] {
  const order = new Set<string>();
  const seen = new Set<string>();
  const visit = (id: string): boolean => {
    if (order.has(id) || workflow[id] === undefined) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    const isReady = linkedIds(workflow, id).map(visit).every(Boolean);
    if (isReady) order.add(id);
    return isReady;
  };
  for (const id of outputs) visit(id);
  return [...order];
}

/** Nodes on the way to an output, in no order. */
export function reachNodes(workflow: Workflow, outputs: readonly string[]): Set<string> {
  const reached = new Set(outputs);
  for (const id of reached)
    for (const source of linkedIds(workflow, id)) if (workflow[source]) reached.add(source);
  return reached;
}
