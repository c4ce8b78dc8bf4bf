import type { Workflow } from '../spec/index.ts';
import { stringifyJson } from './json.ts';

/** API-format JSON of a workflow, exact up to 2^64 − 1; `indent` in spaces, default none. */
export function stringifyWorkflow(
  workflow: Workflow,
  options: { indent?: number | undefined } = {},
): string {
  return stringifyJson(workflow, options.indent);
}
