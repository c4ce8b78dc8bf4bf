import { ComfygenError } from '../errors/comfygen-error.ts';
import type { InputValue, Workflow, WorkflowNode } from '../spec/index.ts';
import { isUiWorkflow } from './is-ui-workflow.ts';
import { parseJson } from './json.ts';

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_SEED = 2n ** 64n - 1n;
const MAX_DEPTH = 64;

/**
 * A workflow from API-format JSON: text, or an object that was parsed elsewhere (then numbers above
 * 2^53 − 1 are refused, since they lost their exact value). `{ "prompt": { … } }`, the body of ComfyUI's
 * `POST /prompt`, is accepted too. The caller's object is not touched.
 *
 * @throws INVALID_WORKFLOW with the node and input at fault; UNSUPPORTED_FORMAT for a UI-format file.
 */
export function parseWorkflow(input: string | object): Workflow {
  const value = unwrap(typeof input === 'string' ? parseText(input) : input);
  if (isUiWorkflow(value)) {
    throw new ComfygenError(
      'UNSUPPORTED_FORMAT',
      'This is a workflow in UI format (it has "nodes" and "links"). In ComfyUI choose "Export (API)" and use that file.',
    );
  }
  if (!isObject(value))
    throw invalid('A workflow is an object of nodes by id', { received: kindOf(value) });
  const entries = Object.entries(value);
  if (entries.length === 0) throw invalid('The workflow has no nodes', {});
  return Object.fromEntries(entries.map(([id, node]) => [checkKey(id), parseNode(id, node)]));
}

function parseText(text: string): unknown {
  try {
    return parseJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (ComfygenError.is(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ComfygenError('INVALID_WORKFLOW', `The workflow is not JSON: ${reason}`, {
      cause: error,
    });
  }
}

/** The body of `POST /prompt` and what some tools save hold the graph under `prompt`. */
function unwrap(value: unknown): unknown {
  if (!isObject(value) || !isObject(value['prompt'])) return value;
  return 'class_type' in value['prompt'] ? value : value['prompt'];
}

function parseNode(nodeId: string, node: unknown): WorkflowNode {
  if (!isObject(node))
    throw invalid(`Node ${nodeId} is not an object`, { nodeId, received: kindOf(node) });
  const { class_type, inputs, _meta } = node;
  if (typeof class_type !== 'string' || class_type === '') {
    throw invalid(`Node ${nodeId} has no class_type`, { nodeId });
  }
  if (!isObject(inputs))
    throw invalid(`Node ${nodeId} (${class_type}) has no inputs object`, { nodeId });
  const parsed = Object.entries(inputs).map(([name, value]) => [
    checkKey(name, nodeId),
    parseValue(value, nodeId, name, 0),
  ]);
  const result: WorkflowNode = { class_type, inputs: Object.fromEntries(parsed) };
  if (isObject(_meta))
    result._meta = parseValue(_meta, nodeId, '_meta', 0) as NonNullable<WorkflowNode['_meta']>;
  return result;
}

function parseValue(value: unknown, nodeId: string, input: string, depth: number): InputValue {
  const at = `input "${input}" of node ${nodeId}`;
  const details = { nodeId, input, received: kindOf(value) };
  if (depth > MAX_DEPTH)
    throw invalid(`The ${at} is nested deeper than ${MAX_DEPTH} levels`, { nodeId, input });
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') {
    if (value > MAX_SEED || value < -(2n ** 63n))
      throw invalid(`The ${at} is outside 64 bits: ${value}`, details);
    return value;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw invalid(`The ${at} is not a finite number`, details);
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 64) {
      throw invalid(
        `The ${at}, ${value}, is above 2^53 − 1 and has lost its exact value: give the text or a bigint`,
        details,
      );
    }
    return value;
  }
  if (Array.isArray(value)) return value.map((item) => parseValue(item, nodeId, input, depth + 1));
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => [
      checkKey(key, nodeId),
      parseValue(item, nodeId, input, depth + 1),
    ]);
    return Object.fromEntries(entries);
  }
  throw invalid(`The ${at} is a ${kindOf(value)}, which JSON can't hold`, details);
}

function checkKey(key: string, nodeId?: string): string {
  if (!FORBIDDEN_KEYS.has(key)) return key;
  throw invalid(`"${key}" can't be the name of a node or an input`, { nodeId, received: key });
}

function invalid(message: string, details: Record<string, unknown>): ComfygenError {
  return new ComfygenError('INVALID_WORKFLOW', `${message}.`, { details });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}
