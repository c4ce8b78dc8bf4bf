import { ComfygenError } from '../errors/comfygen-error.ts';
import type { InputValue, Workflow, WorkflowNode } from '../spec/index.ts';
import { atBorder } from '../util/at-border.ts';
import { isObject } from '../util/is-object.ts';
import { findGraph, takeNodes } from './find-graph.ts';
import { findCycle, hasNode, invalid, linksOf } from './graph.ts';
import { parseJson } from './json.ts';
import { own, show } from './json-shape.ts';

/**
 * A workflow from API-format JSON: text, or an object that was parsed elsewhere (then numbers above
 * 2^53 − 1 are refused, since they lost their exact value). The caller's object is not touched.
 *
 * Bodies of services that hold the graph further inside are read too: `{ "prompt": … }` of ComfyUI's
 * `POST /prompt`, `{ "input": { "workflow": … } }` and their kind, the graph as an object or as text. Left out
 * are comments (`_comment` and other keys that are no number and hold no node) and keys of a node that ComfyUI
 * does not know; `openGraph` says so.
 *
 * @throws INVALID_WORKFLOW with the node and input at fault, for links to nowhere and in circles too;
 * UNSUPPORTED_FORMAT for a UI-format file.
 */
export function parseWorkflow(input: string | object): Workflow {
  return atBorder('INVALID_WORKFLOW', 'The workflow', () => readWorkflow(input));
}

function readWorkflow(input: string | object): Workflow {
  const entries = Object.entries(parseGraph(input));
  if (entries.length === 0) throw invalid('The workflow has no nodes', {});
  const isNode = ([id, node]: [string, unknown]) =>
    /^\d/.test(id) || own(node, 'class_type') !== undefined;
  if (!entries.some(isNode)) {
    const keys = entries.slice(0, 4).map(([key]) => key);
    const more = entries.length > keys.length ? ', …' : '';
    throw invalid(`This is no workflow: none of ${keys.join(', ')}${more} has a class_type`, {
      nodeId: keys[0],
    });
  }
  const workflow = Object.fromEntries(
    entries.map(([id, node]) => [checkKey(id), parseNode(id, node)]),
  );
  checkLinks(workflow);
  return workflow;
}

/**
 * What an API-format file holds, node by node and unchecked: for `validateWorkflow`, which says all that
 * is wrong where `parseWorkflow` stops at the first, and for `sanitizeWorkflow`. Takes what `parseWorkflow` takes.
 *
 * @throws INVALID_WORKFLOW for what is no JSON object; UNSUPPORTED_FORMAT for a UI-format file.
 */
export function parseGraph(input: string | object): { [nodeId: string]: unknown } {
  return parseApi(typeof input === 'string' ? parseText(input) : input).graph;
}

/** The nodes of an API-format file, with what was left out of it. Throws as `parseGraph` does. */
export function parseApi(value: unknown): ReturnType<typeof takeNodes> {
  const found = findGraph(value, 'api');
  if (found?.format === 'ui') {
    throw new ComfygenError(
      'UNSUPPORTED_FORMAT',
      'This is a workflow in UI format (it has "nodes" and "links"). In ComfyUI choose "Export (API)" and use that file, or convert it: comfygen workflow convert, loadFlows(…, { catalogue }).',
    );
  }
  if (found !== undefined) return takeNodes(found);
  if (isObject(value)) return { graph: value, warnings: [] };
  throw invalid(`A workflow is an object of nodes, not ${show(value)}`, {});
}

/** JSON of a file, exact above 2^53 − 1. Throws INVALID_WORKFLOW where it is none. */
export function parseText(text: string): unknown {
  try {
    return parseJson(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    if (ComfygenError.is(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ComfygenError('INVALID_WORKFLOW', `The workflow is not JSON: ${reason}`, { cause });
  }
}

function parseNode(nodeId: string, node: unknown): WorkflowNode {
  if (!isObject(node)) throw invalid(`Node ${nodeId} is ${show(node)}, not a node`, { nodeId });
  const { class_type, inputs, _meta } = node;
  if (typeof class_type !== 'string' || class_type === '') {
    throw invalid(`Node ${nodeId} has no class_type`, { nodeId });
  }
  if (!isObject(inputs)) {
    throw invalid(`Node ${nodeId} (${class_type}) has no inputs object`, { nodeId });
  }
  const values = Object.entries(inputs).map(([name, value]) => [
    checkKey(name, nodeId),
    parseValue(value, nodeId, name),
  ]);
  const result: WorkflowNode = { class_type, inputs: Object.fromEntries(values) };
  if (isObject(_meta)) {
    result._meta = parseValue(_meta, nodeId, '_meta') as NonNullable<WorkflowNode['_meta']>;
  }
  return result;
}

function checkLinks(workflow: Workflow): void {
  for (const [nodeId, { class_type, inputs }] of Object.entries(workflow)) {
    // What a script or a converter left half done. A pair of numbers is a literal, which some classes take.
    for (const [input, value] of Object.entries(inputs)) {
      if (!Array.isArray(value) || value.length !== 2 || value.every((part) => part !== null))
        continue;
      const link = value.map(show).join(', ');
      const message = `Node ${nodeId} (${class_type}).${input}: its link [${link}] leads nowhere`;
      throw invalid(message, { nodeId, input });
    }
    for (const [input, [source]] of linksOf(inputs)) {
      if (hasNode(workflow, source)) continue;
      const message = `Node ${nodeId} (${class_type}).${input} is linked to node ${source}, which does not exist`;
      throw invalid(message, { nodeId, input });
    }
  }
  const sources = Object.entries(workflow).map(([id, { inputs }]) => {
    return [id, linksOf(inputs).map(([, [source]]) => source)] as const;
  });
  const circle = [...findCycle(new Map(sources))];
  if (circle.length > 0) {
    throw invalid(`The links of nodes ${circle.slice(0, 10).join(', ')} run in a circle`, {
      nodeId: circle[0],
    });
  }
}

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_SEED = 2n ** 64n - 1n;
const MAX_DEPTH = 64;

/** A copy of an input's value, with each integer in its one form: `bigint` only where a number is inexact. */
export function parseValue(value: unknown, nodeId: string, input: string, depth = 0): InputValue {
  const at = `Node ${nodeId}.${input}`;
  if (depth > MAX_DEPTH) {
    throw invalid(`${at} is nested deeper than ${MAX_DEPTH} levels`, { nodeId, input });
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') {
    const problem = typeof value === 'bigint' ? checkBigint(value) : checkNumber(value);
    if (problem !== undefined) throw invalid(`${at} ${problem}`, { nodeId, input });
    // JSON writes -0 as 0, so a copy that kept it would not be what is read back.
    return Number.isSafeInteger(Number(value)) ? Number(value) || 0 : value;
  }
  const inner = (item: unknown) => parseValue(item, nodeId, input, depth + 1);
  if (Array.isArray(value)) return value.map(inner);
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [checkKey(key, nodeId), inner(item)]),
    );
  }
  throw invalid(`${at} is a value of type ${typeof value}, which JSON can't hold`, {
    nodeId,
    input,
  });
}

function checkBigint(value: bigint): string | undefined {
  if (value <= MAX_SEED && value >= -(2n ** 63n)) return undefined;
  return `is ${value}, outside of ComfyUI's 64 bits; the largest seed is ${MAX_SEED}`;
}

function checkNumber(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'is not a finite number';
  const isExact = !Number.isInteger(value) || Number.isSafeInteger(value);
  if (isExact || Math.abs(value) > 2 ** 64) return undefined;
  return `is ${value}: above 2^53 − 1 a number has lost its exact value; give the file's text or a bigint`;
}

/** A name of a node or an input, unless an object can't safely hold it. */
export function checkKey(key: string, nodeId?: string): string {
  if (!FORBIDDEN_KEYS.has(key)) return key;
  throw invalid(`"${key}" can't be the name of a node or an input`, { nodeId });
}
