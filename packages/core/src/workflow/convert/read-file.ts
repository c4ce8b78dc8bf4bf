import { ComfygenError } from '../../errors/comfygen-error.ts';
import { isObject } from '../../util/is-object.ts';
import { findGraph } from '../find-graph.ts';
import { invalid } from '../graph.ts';
import { own, show } from '../json-shape.ts';
import { parseText } from '../read.ts';
import type { UiFile, UiGraph, UiInput, UiLink, UiNode, UiPort } from './types.ts';

/** A file in UI format, checked as far as conversion reads it. */
export function readUiFile(input: string | object): UiFile {
  const given = typeof input === 'string' ? parseText(input) : input;
  const found = findGraph(given, 'ui');
  if (found?.format !== 'ui') throw notUi(given, found !== undefined);
  const { value } = found;
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
  const groups = own(own(value, 'extra'), 'groupNodes');
  return { root: readGraph(value), subgraphs, groups };
}

function notUi(value: unknown, isApi: boolean): ComfygenError {
  if (!isApi) {
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
  const links = readLinks(list(own(graph, 'links')));
  const sends = own(own(graph, 'extra'), 'ue_links');
  addSends(nodes, links, list(sends));
  return {
    name: typeof name === 'string' ? name : '',
    nodes,
    links,
    sendsListed: Array.isArray(sends),
    inputs: list(own(graph, 'inputs')).map(readPort),
    outputs: list(own(graph, 'outputs')).map(readPort),
  };
}

/** One node as the file lists it. */
export function readNode(item: unknown): UiNode {
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

/**
 * Use Everywhere hands values to inputs without drawn links and lists in `extra.ue_links` what goes where; an input
 * with a link of its own keeps that.
 */
function addSends(
  nodes: ReadonlyMap<string, UiNode>,
  links: Map<string, UiLink>,
  sends: readonly unknown[],
): void {
  for (const [index, send] of sends.entries()) {
    const [originId, originSlot, targetId, targetSlot] = [
      own(send, 'upstream'),
      own(send, 'upstream_slot'),
      own(send, 'downstream'),
      own(send, 'downstream_slot'),
    ];
    if (!isId(originId) || !isId(targetId) || !isSlot(originSlot) || !isSlot(targetSlot)) continue;
    const input = nodes.get(String(targetId))?.inputs[targetSlot];
    if (input === undefined || links.has(input.link ?? '')) continue;
    input.link = `everywhere-${index}`;
    const [origin, target] = [String(originId), String(targetId)];
    links.set(input.link, { originId: origin, originSlot, targetId: target, targetSlot });
  }
}

const isId = (value: unknown) => ['number', 'string', 'bigint'].includes(typeof value);
const isSlot = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
