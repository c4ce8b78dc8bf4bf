import { ComfygenError, type Workflow } from 'comfygen/plugin';
import { z } from 'zod';
import { readRefusal } from '../comfyui/read-refusal.ts';
import { PART } from './options.ts';

const text = z.string().catch('');
const nodeErrors = z
  .record(z.string(), z.array(z.object({ field: text, reason: text, message: text })))
  .catch({});

const UNKNOWN_CLASS = /unknown.*(class|node)|missing_node|not found/i;
/** LoadImage and its kind look their file up themselves. */
const FILE_INPUT = /^(image|mask|video|audio)$/;
const NOT_CONNECTED = /missing_input|not connected/i;

/** Why the service refused a graph: its reasons in ComfyUI's words, with the values of the graph that was sent. */
export function refusedGraph(
  error: ComfygenError,
  { message, details }: { message: string; details: unknown },
  workflow: Workflow,
): ComfygenError {
  const found = Object.entries(nodeErrors.parse(details)).flatMap(([nodeId, reasons]) =>
    reasons.map((reason) => ({ nodeId, classType: workflow[nodeId]?.class_type, ...reason })),
  );
  const unknown = found.find(({ reason, message }) => UNKNOWN_CLASS.test(`${reason} ${message}`));
  const byNode: Record<string, { class_type: string | undefined; errors: object[] }> = {};
  for (const { nodeId, classType, field, reason, message: told } of found) {
    const type = NOT_CONNECTED.test(`${reason} ${told}`) ? 'required_input_missing' : reason;
    const received_value = workflow[nodeId]?.inputs[field];
    const file = reason === 'custom_validation_failed' && FILE_INPUT.test(field);
    byNode[nodeId] ??= { class_type: classType, errors: [] };
    byNode[nodeId].errors.push({
      type,
      message: file ? `Invalid image file: ${told || received_value}` : told || reason,
      extra_info: { input_name: field, received_value },
    });
  }
  const none = found.length === 0 && UNKNOWN_CLASS.test(message);
  const type = unknown || none ? 'missing_node_type' : 'invalid_workflow';
  const whole = { node_id: unknown?.nodeId, class_type: unknown?.classType };
  const refusal = readRefusal(
    { error: { type, message, extra_info: whole }, node_errors: unknown ? {} : byNode },
    PART,
  );
  const about = unknown ?? found[0];
  return new ComfygenError(refusal.code, refusal.message, {
    part: PART,
    details: {
      ...error.details,
      ...refusal.details,
      nodeId: about?.nodeId,
      classType: about?.classType,
    },
  });
}
