import type { Workflow } from '../spec/index.ts';
import { isObject } from '../util/is-object.ts';
import { invalid } from './parse-value.ts';
import { own, show } from './validate/json-shape.ts';

/**
 * Refuses what no type checker saw: a graph that was written by a language model, or read by `JSON.parse`.
 *
 * @throws INVALID_WORKFLOW unless every node has a class and inputs.
 */
export function requireShape(workflow: Workflow): void {
  if (!isObject(workflow))
    throw invalid(`A workflow is an object of nodes, not ${show(workflow)}`, {});
  for (const [nodeId, node] of Object.entries(workflow)) {
    if (typeof own(node, 'class_type') === 'string' && isObject(own(node, 'inputs'))) continue;
    throw invalid(`Node ${nodeId} needs a class_type and an inputs object`, { nodeId });
  }
}
