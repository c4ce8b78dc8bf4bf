import { isObject } from '../../util/is-object.ts';
import { own } from '../json-shape.ts';
import { type ClassInput, classInputs, isWidget } from './class-inputs.ts';
import type { Conversion } from './conversion.ts';
import { classOf } from './node-kinds.ts';
import { INPUT_SIDE, type UiGraph, type UiLink, type UiNode } from './types.ts';

/** A widget that an instance shows in place of a node inside: the older way to promote one. */
interface Proxy {
  nodeId: string;
  widget: string;
  /** The node further inside, where `nodeId` is an instance itself. */
  source: string | undefined;
}

/** A value that an instance gives to a widget of one node inside. */
export interface Override {
  widget: string;
  /** The node further inside, where the node is an instance itself and two have a widget of that name. */
  source: string | undefined;
  value: unknown;
}

/** Values that an instance of a subgraph gives to its inside. */
export interface PromotedValues {
  /** By the index of the subgraph's input. */
  hostValues: Map<number, unknown>;
  /** By the id of the node inside. */
  overrides: Map<string, Override[]>;
}

/**
 * The values that stand in an instance. With `proxyWidgets` (before frontend 1.46) they follow that list;
 * without, the i-th belongs to the i-th input of the subgraph that leads to a widget. What the outer instance
 * says of this one (`outer`) goes first. `null` means that the inside keeps its own.
 */
export function promotedValues(
  instance: UiNode,
  graph: UiGraph,
  outer: readonly Override[],
  isWidgetInput: (index: number) => boolean,
): PromotedValues {
  const promoted: PromotedValues = { hostValues: new Map(), overrides: new Map() };
  const proxies = readProxies(instance.properties['proxyWidgets']);
  const { values } = instance;
  const named = (name: string) => graph.inputs.findIndex((input) => input.name === name);
  const widgetInputs = [...graph.inputs.keys()].filter(isWidgetInput);

  function setInput(index: number, value: unknown): void {
    if (index >= 0 && isValue(value)) promoted.hostValues.set(index, value);
  }
  function setProxy({ nodeId, widget, source }: Proxy, value: unknown): void {
    if (nodeId === '-1') setInput(named(widget), value);
    if (nodeId === '-1' || !isValue(value)) return;
    const others = promoted.overrides.get(nodeId) ?? [];
    promoted.overrides.set(nodeId, [...others, { widget, source, value }]);
  }

  if (isObject(values)) {
    for (const index of widgetInputs) setInput(index, own(values, graph.inputs[index]!.name));
    for (const proxy of proxies) setProxy(proxy, own(values, proxy.widget));
  } else if (Array.isArray(values) && proxies.length > 0) {
    const shown = proxies.filter(({ widget }) => !widget.startsWith('$$'));
    const order = values.length === shown.length ? shown : proxies;
    for (const [index, proxy] of order.entries()) setProxy(proxy, values[index]);
  } else if (Array.isArray(values)) {
    for (const [index, input] of widgetInputs.entries()) setInput(input, values[index]);
  }

  for (const { widget, source, value } of outer) {
    setInput(named(widget), value);
    const proxy = proxies.find(
      (one) => one.widget === widget && (source === undefined || one.nodeId === source),
    );
    if (proxy !== undefined) setProxy(proxy, value);
  }
  return promoted;
}

const isValue = (value: unknown) => value !== null && value !== undefined;

function readProxies(value: unknown): Proxy[] {
  let items = value;
  if (typeof value === 'string') {
    try {
      items = JSON.parse(value);
    } catch {
      return [];
    }
  }
  return (Array.isArray(items) ? items : []).flatMap((item: unknown): Proxy[] => {
    if (!Array.isArray(item) || typeof item[1] !== 'string' || !isId(item[0])) return [];
    const source = isId(item[2]) ? String(item[2]) : undefined;
    return [{ nodeId: String(item[0]), widget: item[1], source }];
  });
}

const isId = (value: unknown) => typeof value === 'string' || typeof value === 'number';

/** Tells the inputs of subgraphs that lead to a widget inside from those that are sockets only. */
export function createWidgetTest(
  conversion: Conversion,
): (graph: UiGraph, index: number) => boolean {
  const known = new Map<UiGraph, Map<number, boolean>>();

  function leadsToWidget(graph: UiGraph, { targetId, targetSlot }: UiLink): boolean {
    const target = graph.nodes.get(targetId);
    const input = target?.inputs[targetSlot];
    if (target === undefined || input === undefined) return false;
    const inner = conversion.file.subgraphs.get(target.type);
    if (inner !== undefined) {
      const index = inner.inputs.findIndex(({ name }) => name === input.name);
      return test(inner, index < 0 ? targetSlot : index);
    }
    return input.widget !== undefined || isClassWidget(target, input.name, conversion);
  }

  function test(graph: UiGraph, index: number): boolean {
    const tests = known.get(graph) ?? new Map<number, boolean>();
    known.set(graph, tests);
    const before = tests.get(index);
    if (before !== undefined) return before;
    // A subgraph that contains itself would never end.
    tests.set(index, false);
    const found = [...graph.links.values()].some(
      (link) =>
        link.originId === INPUT_SIDE && link.originSlot === index && leadsToWidget(graph, link),
    );
    tests.set(index, found);
    return found;
  }
  return test;
}

function isClassWidget(node: UiNode, name: string, conversion: Conversion): boolean {
  const classType = classOf(node, conversion.catalogue);
  if (classType === undefined) return false;
  const inputs = classInputs(own(own(conversion.catalogue, classType), 'input'));
  return inputs.some(
    (input: ClassInput) => input.name === name && isWidget(input, node, conversion),
  );
}
