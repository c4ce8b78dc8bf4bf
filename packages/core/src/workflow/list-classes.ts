import type { Workflow } from '../spec/index.ts';

/** The node classes of a workflow, each once, sorted. */
export function listClasses(workflow: Workflow): string[] {
  return [...new Set(Object.values(workflow).map((node) => node.class_type))].sort();
}
