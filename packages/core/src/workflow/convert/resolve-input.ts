import { invalid } from '../graph.ts';
import type { Conversion } from './conversion.ts';
import { kindOf } from './node-kinds.ts';
import type { Scope } from './scopes.ts';
import { BYPASSED, INPUT_SIDE, MUTED, OUTPUT_SIDE, type UiNode } from './types.ts';

/** What feeds an input in the end. */
export type Source =
  | { kind: 'link'; id: string; slot: number }
  | { kind: 'value'; value: unknown }
  /** Nothing does, as in a subgraph whose own input is left open. */
  | { kind: 'open' }
  /** Something should, but it is not there when the graph runs. */
  | { kind: 'lost'; reason: string };

type Place =
  | { at: 'input'; scope: Scope; node: UiNode; index: number }
  | { at: 'output'; scope: Scope; id: string; slot: number };

/**
 * Follows the link of a node's input through reroutes, bypassed nodes, primitives, Get and Set, and the
 * walls of subgraphs, to a node that is sent or to a value.
 *
 * @throws INVALID_WORKFLOW where the links run in a circle.
 */
export function resolveInput(
  conversion: Conversion,
  scope: Scope,
  node: UiNode,
  index: number,
): Source {
  const type = node.inputs[index]?.type ?? '';
  const seen = new Set<string>();
  let place: Place = { at: 'input', scope, node, index };
  // What an instance says counts where nothing feeds it from outside; the outermost that was passed goes first.
  let host: Source | undefined;
  for (;;) {
    const key = keyOf(place);
    if (seen.has(key)) {
      const nodeId = scope.prefix + node.id;
      throw invalid(`The links that lead to node ${nodeId} run in a circle`, { nodeId });
    }
    seen.add(key);
    host = hostValue(place) ?? host;
    const next: Place | Source =
      place.at === 'input' ? stepBack(place) : stepInto(conversion, place, type);
    if ('at' in next) place = next;
    else return next.kind === 'open' || next.kind === 'lost' ? (host ?? next) : next;
  }
}

function keyOf(place: Place): string {
  const { at, scope } = place;
  const [id, slot] = at === 'input' ? [place.node.id, place.index] : [place.id, place.slot];
  return JSON.stringify([at, scope.prefix, id, slot]);
}

function hostValue(place: Place): Source | undefined {
  if (place.at !== 'output' || place.id !== INPUT_SIDE) return undefined;
  const { hostValues } = place.scope;
  return hostValues.has(place.slot)
    ? { kind: 'value', value: hostValues.get(place.slot) }
    : undefined;
}

/** From an input to the output that its link comes from. */
function stepBack({ scope, node, index }: Extract<Place, { at: 'input' }>): Place | Source {
  const link = node.inputs[index]?.link;
  if (link === undefined) return { kind: 'open' };
  const found = scope.graph.links.get(link);
  if (found === undefined) return lost(`its link ${link} is not in the file`);
  return { at: 'output', scope, id: found.originId, slot: found.originSlot };
}

/** From an output to what is behind it. */
function stepInto(
  { file, catalogue }: Conversion,
  { scope, id, slot }: Extract<Place, { at: 'output' }>,
  type: string,
): Place | Source {
  if (id === INPUT_SIDE && scope.host !== undefined) return stepOut(scope, slot);
  const node = scope.graph.nodes.get(id);
  if (node === undefined) return lost(`it is linked to node ${id}, which is not in the file`);
  const kind = kindOf(node, file, catalogue);
  // A primitive writes its value into the widget when the graph is sent, whatever its mode.
  if (kind === 'primitive') return primitiveValue(node);
  const name = `node ${scope.prefix}${id} (${node.title ?? node.type})`;
  // Nor does the editor ask after the mode of what is only drawn: reroutes, Get and Set.
  const isReal = kind !== 'reroute' && kind !== 'set' && kind !== 'get';
  if (node.mode === MUTED && isReal) return lost(`${name}, which feeds it, is muted`);
  if (node.mode === BYPASSED) {
    const index = bypassedInput(node, slot, type);
    if (index >= 0) return { at: 'input', scope, node, index };
    return lost(`${name}, which feeds it, is bypassed and has no input to pass on`);
  }
  if (kind === 'subgraph' || kind === 'group')
    return stepInside(scope.inside.get(id)!, node, slot, name);
  if (kind === 'reroute' || kind === 'set') {
    return { at: 'input', scope, node, index: kind === 'set' ? 0 : slot };
  }
  if (kind === 'get') return findSet(scope, node, file, catalogue) ?? lost(`${name} has no Set`);
  if (kind !== 'real') return lost(`${name}, which feeds it, gives nothing`);
  return { kind: 'link', id: scope.prefix + id, slot };
}

/** From a subgraph's own input to the input of the instance that stands for it. */
function stepOut(scope: Scope, slot: number): Place | Source {
  const { node, scope: outside } = scope.host!;
  const ports = scope.graph.inputs;
  const name = ports[slot]?.name;
  if (node.inputs[slot]?.name === name && name !== undefined) {
    return { at: 'input', scope: outside, node, index: slot };
  }
  const named = node.inputs.findIndex((input) => input.name === name);
  const index = named < 0 && node.inputs.length === ports.length ? slot : named;
  return index < 0 ? { kind: 'open' } : { at: 'input', scope: outside, node, index };
}

/** From an output of an instance to what feeds that output inside. */
function stepInside(inside: Scope, node: UiNode, slot: number, name: string): Place | Source {
  const wanted = node.outputs[slot]?.name;
  const { outputs, links } = inside.graph;
  const named = outputs.findIndex((output) => output.name === wanted);
  const index = outputs[slot]?.name === wanted || named < 0 ? slot : named;
  for (const link of links.values()) {
    if (link.targetId === OUTPUT_SIDE && link.targetSlot === index) {
      return { at: 'output', scope: inside, id: link.originId, slot: link.originSlot };
    }
  }
  return lost(`output ${slot} of ${name} is joined to nothing inside`);
}

function primitiveValue({ values }: UiNode): Source {
  const value = Array.isArray(values) ? values[0] : undefined;
  return value === undefined || value === null ? { kind: 'open' } : { kind: 'value', value };
}

/** The Set of the name that a Get asks for: in its own graph, else in one around it. */
function findSet(
  from: Scope,
  get: UiNode,
  file: Conversion['file'],
  catalogue: Conversion['catalogue'],
): Place | undefined {
  const name = firstValue(get);
  if (typeof name !== 'string') return undefined;
  for (let scope: Scope | undefined = from; scope; scope = scope.host?.scope) {
    for (const node of scope.graph.nodes.values()) {
      if (firstValue(node) === name && kindOf(node, file, catalogue) === 'set') {
        return { at: 'output', scope, id: node.id, slot: 0 };
      }
    }
  }
  return undefined;
}

const firstValue = ({ values }: UiNode) => (Array.isArray(values) ? values[0] : undefined);
const lost = (reason: string): Source => ({ kind: 'lost', reason });

/** The input whose value leaves a bypassed node by an output, for one who wants `type`; -1 for none. */
function bypassedInput(node: UiNode, slot: number, type: string): number {
  const { inputs } = node;
  if (isAny(type)) return inputs.length === 0 ? -1 : slot < inputs.length ? slot : 0;
  const output = node.outputs[slot]?.type ?? '';
  const fits = (input: string | undefined) =>
    input !== undefined && matches(input, output) && matches(input, type);
  if (fits(inputs[slot]?.type)) return slot;
  const exact = inputs.findIndex((input) => input.type === type);
  return exact >= 0 ? exact : inputs.findIndex((input) => fits(input.type));
}

/** Whether the editor lets an output of one type feed an input of another. */
function matches(a: string, b: string): boolean {
  if (isAny(a) || isAny(b)) return true;
  const names = new Set(split(a));
  return split(b).some((name) => names.has(name));
}

const isAny = (type: string) => type === '' || type === '*' || type === '0';
const split = (types: string) =>
  types
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
