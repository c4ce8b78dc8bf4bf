import type { SlotRef, Workflow } from '../../spec/index.ts';
import { hasNode, isLink } from '../links.ts';
import { factOf, PRIMITIVES } from './node-facts.ts';

/** Where a number input's value is written: there, or in the primitive that feeds it; none where it is computed. */
export function traceNumber(workflow: Workflow, node: string, input: string): SlotRef[] {
  const value = workflow[node]?.inputs[input];
  if (typeof value === 'number' || typeof value === 'bigint') return [{ node, input }];
  if (!isLink(value) || !hasNode(workflow, value[0])) return [];
  const held = factOf(PRIMITIVES, workflow[value[0]]!.class_type);
  if (held === undefined || isLink(workflow[value[0]]!.inputs[held])) return [];
  return traceNumber(workflow, value[0], held);
}

/** Every node that feeds an input, directly or through others, each once, nearest first. */
export function upstream(workflow: Workflow, node: string, input: string): string[] {
  const start = workflow[node]?.inputs[input];
  const queue = isLink(start) ? [start[0]] : [];
  const found = new Set<string>();
  for (const id of queue) {
    if (found.has(id) || !hasNode(workflow, id)) continue;
    found.add(id);
    for (const value of Object.values(workflow[id]!.inputs))
      if (isLink(value)) queue.push(value[0]);
  }
  return [...found];
}
