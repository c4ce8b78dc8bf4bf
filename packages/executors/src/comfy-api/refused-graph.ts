import { failureOfProblems, type PromptProblem } from 'comfygen/http';
import { ComfygenError, type ErrorCode, type Workflow } from 'comfygen/plugin';
import { z } from 'zod';
import { PART } from './options.ts';

const text = z.string().catch('');
const nodeErrors = z
  .record(z.string(), z.array(z.object({ field: text, reason: text, message: text })))
  .catch({});

const UNKNOWN_CLASS = /unknown.*(class|node)|missing_node|not found/i;
const NOT_CONNECTED = /missing_input|not connected/i;
/** LoadImage and its kind look their file up themselves. */
const FILE_INPUT = /^(image|mask|video|audio)$/;

/**
 * The error for a graph that the service refused: ComfyUI's own reasons, with the values of the graph that was sent.
 */
export function refusedGraph(
  error: ComfygenError,
  { message, details }: { message: string; details: unknown },
  workflow: Workflow,
): ComfygenError {
  const problems = Object.entries(nodeErrors.parse(details)).flatMap(([nodeId, reasons]) =>
    reasons.map((reason) => problemOf(nodeId, reason, workflow)),
  );
  if (problems.length === 0) {
    const type = UNKNOWN_CLASS.test(message) ? 'missing_node_type' : '';
    problems.push({ type, message, details: '' });
  }
  const failure = failureOfProblems(problems)!;
  const { code, nodeId, classType } = failure;
  return new ComfygenError(code as ErrorCode, failure.message, {
    part: PART,
    details: { ...error.details, issues: problems, nodeId, classType },
  });
}

function problemOf(
  nodeId: string,
  { field, reason, message: told }: { field: string; reason: string; message: string },
  workflow: Workflow,
): PromptProblem {
  const { class_type: classType, inputs } = workflow[nodeId] ?? {};
  const about = { nodeId, classType, input: field || undefined };
  const said = `${reason} ${told}`;
  const value = inputs?.[field];
  if (UNKNOWN_CLASS.test(said))
    return { ...about, type: 'missing_node_type', message: told || reason, details: '' };
  if (NOT_CONNECTED.test(said))
    return { ...about, type: 'required_input_missing', message: told, details: field };
  if (reason === 'custom_validation_failed' && FILE_INPUT.test(field))
    return {
      ...about,
      type: reason,
      message: `Invalid ${field} file`,
      details: told || `${value}`,
    };
  const listed = reason === 'value_not_in_list';
  const details = listed ? `${field}: '${value}' not in the list` : told || field;
  return { ...about, type: reason, message: listed ? told : '', details };
}
