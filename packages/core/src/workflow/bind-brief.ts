import type { Brief, Slots, Workflow } from '../spec/index.ts';
import { type BindOptions, type BoundWorkflow, bindWorkflow } from './bind.ts';
import { bindInputs, readInputGraph } from './bind-inputs.ts';

/**
 * Fills a workflow with all that a brief carries: its slots as told at `bindWorkflow` of this folder, then its `inputs`
 * by name or as `node.input`.
 *
 * @throws what that throws; MISSING_SLOT for an input that the graph has not, INVALID_BRIEF for a value that it can't take
 */
export function bindBrief(
  workflow: Workflow,
  slots: Slots,
  brief: Brief,
  options: BindOptions = {},
): BoundWorkflow {
  const bound = bindWorkflow(workflow, slots, brief, options);
  if (brief.inputs === undefined) return bound;
  const graph = readInputGraph(workflow, slots, options);
  const warnings = bindInputs(graph, bound.workflow, brief);
  return { ...bound, warnings: [...bound.warnings, ...warnings] };
}
