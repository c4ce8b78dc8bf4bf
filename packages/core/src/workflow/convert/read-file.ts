import { ComfygenError } from '../../errors/comfygen-error.ts';
import { isObject } from '../../util/is-object.ts';
import { invalid } from '../graph.ts';
import { own, show } from '../json-shape.ts';
import { isUiWorkflow, parseText } from '../read.ts';
import type { UiFile, UiGraph, UiInput, UiLink, UiNode, UiPort } from './types.ts';

/** A file in UI format, checked as far as conversion reads it. */
export function readUiFile(input: string | object): UiFile {
  const value = unwrap(typeof input === 'string' ? parseText(input) : input);
  if (!isUiWorkflow(value)) throw notUi(value);
  const subgraphs = new Map<string, UiGraph>();
  const open: unknown[] = [value];
  for (let graph = open.pop(); graph !== undefined; graph = open.pop()) {
    for (const definition of list(own(own(graph, 'definitions'), 'subgraphs'))) {
      const id = own(definition, 'id');
      if (typeof id !== 'string' || subgraphs.has(id)) continue;
      subgraphs.set(id, readGraph(definition));
      open.push(definition);
    }
  }
  return { root: readGraph(value), subgraphs };
}

/** Some tools keep the editor's file under `workflow`, beside the graph that was run. */
function unwrap(value: unknown): unknown {
  const inner = own(value, 'workflow');
  return isUiWorkflow(inner) && !isUiWorkflow(value) ? inner : value;
}

function notUi(value: unknown): ComfygenError {
  const graph = isObject(own(value, 'prompt')) ? own(value, 'prompt') : value;
  const nodes = isObject(graph) ? Object.values(graph) : [];
  if (nodes.length === 0 || !nodes.every((node) => typeof own(node, 'class_type') === 'string')) {
    const what = isObject(value) ? 'an object without "nodes"' : show(value);
    return invalid(`A workflow in UI format has "nodes" and "links"; this is ${what}`, {});
  }
  return new ComfygenError(
    'UNSUPPORTED_FORMAT',
    'This workflow is in API format already: there is nothing to convert.',
  );
}

function readGraph(graph: unknown): UiGraph {
  const name = own(graph, 'name');
  const nodes = new Map<string, UiNode>();
  for (const item of list(own(graph, 'nodes'))) {
    const node = readNode(item);
    if (nodes.has(node.id)) {
      throw invalid(`Two nodes have the id ${node.id}`, { nodeId: node.id });
    }
    nodes.set(node.id, node);
  }
  return {
    name: typeof name === 'string' ? name : '',
    nodes,
    links: readLinks(list(own(graph, 'links'))),
    inputs: list(own(graph, 'inputs')).map(readPort),
    outputs: list(own(graph, 'outputs')).map(readPort),
  };
}

function readNode(item: unknown): UiNode {
  const [id, type, mode, title] = ['id', 'type', 'mode', 'title'].map((key) => own(item, key));
  if (!['number', 'string', 'bigint'].includes(typeof id)) {
    throw invalid(`A node has the id ${show(id)}, which is neither a number nor a text`, {});
  }
  const nodeId = String(id);
  if (typeof type !== 'string') throw invalid(`Node ${nodeId} has no type`, { nodeId });
  const properties = own(item, 'properties');
  return {
    id: nodeId,
    type,
    mode: typeof mode === 'number' ? mode : 0,
    title: typeof title === 'string' && title !== '' ? title : undefined,
    inputs: list(own(item, 'inputs')).map(readInput),
    outputs: list(own(item, 'outputs')).map(readPort),
    values: own(item, 'widgets_values'),
    properties: isObject(properties) ? properties : {},
  };
}

function readInput(item: unknown): UiInput {
  const [link, widget] = [own(item, 'link'), own(own(item, 'widget'), 'name')];
  return {
    ...readPort(item),
    link: ['number', 'string', 'bigint'].includes(typeof link) ? String(link) : undefined,
    widget: typeof widget === 'string' ? widget : undefined,
  };
}

function readPort(item: unknown): UiPort {
  const [name, type] = [own(item, 'name'), own(item, 'type')];
  // The editor writes 0 for "any type".
  return {
    name: typeof name === 'string' ? name : '',
    type: type === 0 || type === undefined || type === null ? '' : portType(type),
  };
}

/** Old files write the options of a list in place of its type. */
const portType = (type: unknown) => (typeof type === 'string' ? type : 'COMBO');

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const KEYS = ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot'] as const;

/**
 * Links by id. Files of version 0.4 write them as lists, 1.0 and every subgraph as objects; both are read
 * anywhere. What is no link is left out, and the input that names it says so later.
 */
function readLinks(items: readonly unknown[]): Map<string, UiLink> {
  const links = new Map<string, UiLink>();
  for (const item of items) {
    const fields = Array.isArray(item) ? item : KEYS.map((key) => own(item, key));
    const [id, originId, originSlot, targetId, targetSlot] = fields;
    if (![id, originId, targetId].every(isId) || !isSlot(originSlot)) continue;
    links.set(String(id), {
      originId: String(originId),
      originSlot,
      targetId: String(targetId),
      targetSlot: isSlot(targetSlot) ? targetSlot : -1,
    });
  }
  return links;
}

const isId = (value: unknown) => ['number', 'string', 'bigint'].includes(typeof value);
const isSlot = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
