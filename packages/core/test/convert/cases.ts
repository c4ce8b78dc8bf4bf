import type { Workflow, WorkflowNode } from '../../src/spec/index.ts';
import { textToImage } from '../graphs.ts';
import type { Drawing } from './canvas.ts';

/** A drawing, and the graph that ComfyUI's contract makes of it. */
export interface ConvertCase {
  name: string;
  drawing: Drawing;
  expected: Workflow;
  /** Codes of the warnings, in their order. Default none. */
  warnings?: string[];
  /** What a real server says. Default yes. */
  answer?: 'yes' | 'unknown';
}

/** The usual graph with other values in some nodes. */
export function changed(
  changes: Record<string, WorkflowNode['inputs']>,
  more: Workflow = {},
  without: readonly string[] = [],
): Workflow {
  const nodes = Object.entries(textToImage()).map(([id, node]): [string, WorkflowNode] => [
    id,
    { ...node, inputs: { ...node.inputs, ...changes[id] } },
  ]);
  return { ...Object.fromEntries(nodes.filter(([id]) => !without.includes(id))), ...more };
}
