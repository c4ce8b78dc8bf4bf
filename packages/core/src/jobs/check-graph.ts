import { ComfygenError } from '../errors/comfygen-error.ts';
import type { PartRef, Plan } from '../spec/index.ts';
import { isUiWorkflow } from '../workflow/find-graph.ts';

/** Something in a graph that a service can't run. */
export interface GraphIssue {
  nodeId: string;
  input?: string | undefined;
  message: string;
}

/** Keys at the top of the editor's own format. */
const UI_KEYS = ['last_node_id', 'last_link_id', 'version'];

/**
 * Refuses what is no API-format graph, before any request.
 * @throws UNSUPPORTED_FORMAT for the editor's format, INVALID_WORKFLOW for a node without class or `inputs`
 */
export function checkGraph({ workflow }: Pick<Plan, 'workflow'>, part: PartRef): void {
  const given: unknown = workflow;
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ComfygenError('INVALID_WORKFLOW', 'The workflow is no API-format graph.', { part });
  if (isUiWorkflow(given) || UI_KEYS.some((key) => Object.hasOwn(given, key)))
    throw new ComfygenError(
      'UNSUPPORTED_FORMAT',
      `${part.name} takes API-format graphs; this one is in the format of ComfyUI's editor.`,
      { part },
    );
  const issues: GraphIssue[] = [];
  for (const [nodeId, node] of Object.entries(given)) {
    const { class_type, inputs } = (node ?? {}) as { class_type?: unknown; inputs?: unknown };
    const what = typeof class_type !== 'string' ? 'class_type' : 'inputs';
    if (typeof class_type !== 'string' || typeof inputs !== 'object' || inputs === null)
      issues.push({ nodeId, message: `node ${nodeId} has no ${what}` });
  }
  if (Object.keys(given).length === 0) issues.push({ nodeId: '', message: 'it has no node' });
  refuse('INVALID_WORKFLOW', issues, part);
}

/** Throws where there are issues; all of them are in the message and in `details.issues`. */
export function refuse(
  code: 'INVALID_WORKFLOW' | 'MISSING_MODEL' | 'MISSING_INPUT',
  issues: readonly GraphIssue[],
  part: PartRef,
): void {
  if (issues.length === 0) return;
  const told = issues.map(({ message }) => message).join('; ');
  throw new ComfygenError(code, `${part.name} can't run this workflow: ${told}.`, {
    part,
    details: { issues, nodeId: issues[0]?.nodeId },
  });
}
