import { ComfygenError } from '../errors/comfygen-error.ts';
import type { InputValue, Link, NodeCatalogue, Workflow } from '../spec/index.ts';
import { isObject } from '../util/is-object.ts';
import { own, show } from './json-shape.ts';

/** Whether an input's value is a link: exactly `[node id, output index]`. */
export function isLink(value: unknown): value is Link {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === 'string' &&
    typeof value[1] === 'number'
  );
}

/** Whether a graph has a node of this id; inherited names such as `toString` are not nodes. */
export function hasNode(workflow: Workflow, id: string): boolean {
  return Object.hasOwn(workflow, id);
}

/** The links of a node's inputs, by input name; a link that points nowhere is among them. */
export function linksOf(
  inputs: { [name: string]: InputValue } | undefined,
): [name: string, link: Link][] {
  return Object.entries(inputs ?? {}).filter((entry): entry is [string, Link] => isLink(entry[1]));
}

/**
 * Orders node ids, so that results do not depend on key order: numbers by value and before words, part by
 * part for the ids of nodes in subgraphs (`57:13`).
 */
export function compareIds(a: string, b: string): number {
  const [left, right] = [a.split(':'), b.split(':')];
  for (const [index, part] of left.entries()) {
    const other = right[index];
    const order = other === undefined ? 1 : compareParts(part, other);
    if (order !== 0) return order;
  }
  return left.length - right.length || compareTexts(a, b);
}

function compareParts(a: string, b: string): number {
  const [isNumber, isOther] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  return isNumber ? Number(a) - Number(b) : compareTexts(a, b);
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The error about a graph, with the place at fault. */
export function invalid(
  message: string,
  details: { nodeId?: string | undefined; input?: string | undefined },
): ComfygenError {
  return new ComfygenError('INVALID_WORKFLOW', `${message}.`, { details });
}

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

/** The node classes of a workflow, each once, sorted. */
export function listClasses(workflow: Workflow): string[] {
  return [...new Set(Object.values(workflow).map((node) => node.class_type))].sort();
}

/** Core's own output classes, for when no catalogue is at hand. */
const OUTPUTS = new Set([
  'SaveImage',
  'PreviewImage',
  'SaveImageWebsocket',
  'SaveImageAdvanced',
  'SaveAnimatedPNG',
  'SaveAnimatedWEBP',
  'PreviewAny',
  'SaveLatent',
  'MaskPreview',
]);

/** Ids of the nodes that make a file or a preview, in the order of their ids. */
export function findOutputNodes(workflow: Workflow, catalogue?: NodeCatalogue): string[] {
  const isOutput = (name: string) =>
    catalogue && Object.hasOwn(catalogue, name)
      ? catalogue[name]?.output_node === true
      : OUTPUTS.has(name);
  return Object.keys(workflow)
    .filter((id) => isOutput(workflow[id]!.class_type))
    .sort(compareIds);
}

/** Ids of the nodes that an output node needs, itself included. */
export function reachableNodes(workflow: Workflow, outputs: readonly string[]): Set<string> {
  const queue = outputs.filter((id) => hasNode(workflow, id));
  const found = new Set(queue);
  for (const id of queue) {
    for (const [, [source]] of linksOf(workflow[id]!.inputs)) {
      if (!hasNode(workflow, source) || found.has(source)) continue;
      found.add(source);
      queue.push(source);
    }
  }
  return found;
}

/** The workflow without nodes that lead to no output node. Without any output node it is left whole. */
export function pruneWorkflow(workflow: Workflow, catalogue?: NodeCatalogue): Workflow {
  requireShape(workflow);
  const outputs = findOutputNodes(workflow, catalogue);
  if (outputs.length === 0) return { ...workflow };
  const kept = reachableNodes(workflow, outputs);
  return Object.fromEntries(Object.entries(workflow).filter(([id]) => kept.has(id)));
}

/** Ids of the nodes that lie on a circle of links, or between two circles; empty for a proper graph. */
export function findCycle(upstream: ReadonlyMap<string, readonly string[]>): Set<string> {
  const left = new Map(
    [...upstream].map(([id, ids]) => [id, ids.filter((one) => upstream.has(one))]),
  );
  peel(left);
  const downstream = new Map<string, string[]>([...left.keys()].map((id) => [id, []]));
  for (const [id, ids] of left) for (const one of ids) downstream.get(one)?.push(id);
  peel(downstream);
  return new Set(downstream.keys());
}

/** Takes away nodes that need nothing, then those that needed only them, until none is free. */
function peel(needs: Map<string, string[]>): void {
  const users = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [id, ids] of needs) {
    const distinct = new Set(ids);
    open.set(id, distinct.size);
    for (const one of distinct) {
      const list = users.get(one);
      if (list === undefined) users.set(one, [id]);
      else list.push(id);
    }
  }
  const free = [...needs.keys()].filter((id) => open.get(id) === 0);
  for (const id of free) {
    needs.delete(id);
    for (const user of users.get(id) ?? []) {
      const count = (open.get(user) ?? 0) - 1;
      open.set(user, count);
      if (count === 0) free.push(user);
    }
  }
  for (const [id, ids] of needs)
    needs.set(
      id,
      ids.filter((one) => needs.has(one)),
    );
}
