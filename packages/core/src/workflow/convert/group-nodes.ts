import { isObject } from '../../util/is-object.ts';
import { own } from '../json-shape.ts';
import { type ClassInput, classInputs, isWidget } from './class-inputs.ts';
import type { Conversion } from './conversion.ts';
import { classOf, groupName, kindOf } from './node-kinds.ts';
import type { Override } from './promoted-values.ts';
import { readNode } from './read-file.ts';
import { INPUT_SIDE, OUTPUT_SIDE, type UiGraph, type UiInput, type UiNode } from './types.ts';
import { isControl, readWidgetValues } from './widget-values.ts';

/** A link of a group: from an output of one of its nodes to an input of another, by their places in the list. */
interface Wire {
  from: number;
  slot: number;
  to: number;
  input: number;
  type: string;
}

/** A group node taken apart: its nodes and wires, and where each of its own inputs, widgets and outputs leads. */
interface Group {
  nodes: UiNode[];
  wires: Wire[];
  inputs: { name: string; node: number; input: ClassInput; hidden: boolean }[];
  widgets: Map<string, { node: number; input: ClassInput }>;
  outputs: { node: number; slot: number; type: string }[];
}

const MAX_NESTING = 8;

/**
 * The inside of a group node, a form that the editor had before subgraphs, as a subgraph of its own, with the values
 * that the instance gives to its nodes; `undefined` where the file does not define it, or another than the instance is.
 * The editor names and orders its inputs by those of the nodes in it, one class after the other.
 */
export function openGroup(
  conversion: Conversion,
  instance: UiNode,
  outer: readonly Override[],
): { graph: UiGraph; overrides: Map<string, Override[]> } | undefined {
  const group = describeGroup(conversion, instance, 0);
  if (group === undefined) return undefined;
  // Without its classes nobody can tell what the group takes; they are said to be missing, all by name.
  const isKnown = group.nodes.every(
    (node) =>
      kindOf(node, conversion.file, conversion.catalogue) !== 'real' ||
      classOf(node, conversion.catalogue) !== undefined,
  );
  if (isKnown && !isWhole(group, instance)) return undefined;
  const { values } = readWidgetValues(classOfGroup(group), instance, conversion);
  for (const { widget, value } of outer) values.set(widget, value);
  const overrides = new Map<string, Override[]>();
  for (const [name, { node, input }] of group.widgets) {
    if (!values.has(name)) continue;
    const value = values.get(name);
    const inner = group.nodes[node]!;
    if (inner.type === 'PrimitiveNode') inner.values = [value];
    const others = overrides.get(inner.id) ?? [];
    overrides.set(inner.id, [...others, { widget: input.name, source: undefined, value }]);
  }
  return { graph: toGraph(group, instance.type), overrides };
}

/** Whether every link of the instance has a place in the group. */
function isWhole({ inputs }: Group, instance: UiNode): boolean {
  const names = new Set(inputs.map(({ name }) => name));
  const shown = inputs.filter(({ hidden }) => !hidden).length;
  return (
    shown === instance.inputs.length ||
    instance.inputs.every(({ name, link }) => link === undefined || names.has(name))
  );
}

function describeGroup(
  conversion: Conversion,
  { type, inputs: slots }: UiNode,
  depth: number,
): Group | undefined {
  const data = own(conversion.file.groups, groupName(type) ?? '');
  const [items, links] = [own(data, 'nodes'), own(data, 'links')];
  if (!Array.isArray(items) || depth > MAX_NESTING) return undefined;
  const nodes = items.map((item, id) => readNode({ ...(isObject(item) ? item : {}), id }));
  const wires = (Array.isArray(links) ? links : []).flatMap(readWire);
  const group: Group = { nodes, wires, inputs: [], widgets: new Map(), outputs: [] };
  const external = own(data, 'external');
  // Some files have the node itself in place of its index.
  const leaves = new Set(
    (Array.isArray(external) ? external : []).map(
      ([node, slot]) => `${own(node, 'index') ?? node}.${slot}`,
    ),
  );
  const nameOf = createNames(items, own(data, 'config'));
  const later: (() => void)[] = [];

  for (const [index, node] of nodes.entries()) {
    const info = describeClass(conversion, group, index, { depth, leaves });
    if (info === undefined) continue;
    const wired = new Set(wires.filter(({ to }) => to === index).map(({ input }) => input));
    const sockets: ClassInput[] = [];
    const turned: [at: number, input: ClassInput][] = [];
    const plain: ClassInput[] = [];
    for (const input of info.inputs) {
      const at = node.inputs.findIndex(
        ({ name, widget }) => name === input.name && widget === name,
      );
      if (!isWidget(input, node, conversion)) sockets.push(input);
      else if (at >= 0) turned.push([at, input]);
      else plain.push(input);
    }
    // Where the file lists an input for every value, a widget without one came into the class later.
    const known = Array.isArray(node.values) ? node.values.filter((one) => !isControl(one)) : [];
    const isListed = turned.length > 0 && turned.length >= known.length;
    for (const input of isListed ? [] : plain) {
      group.widgets.set(nameOf(index, input.name).name, { node: index, input });
    }
    const expose = (input: ClassInput, at: number, isValue: boolean) => {
      if (wired.has(at)) return;
      const { name, hidden } = nameOf(index, input.name);
      const slot = slots.find((one) => one.name === name);
      if (slot !== undefined || !isValue) group.inputs.push({ name, node: index, input, hidden });
      if (isValue && (slot === undefined || slot.widget !== undefined)) {
        group.widgets.set(name, { node: index, input });
      }
    };
    for (const [place, input] of sockets.entries()) {
      const at = node.inputs.findIndex(({ name }) => name === input.name);
      expose(input, at < 0 ? place : at, false);
    }
    // Widgets that have an input, too, stand behind all others; newer files list one for each.
    turned.sort(([a], [b]) => a - b);
    later.push(() => {
      for (const [at, input] of turned) expose(input, at, true);
    });
    for (const [slot, output] of info.outputs.entries()) {
      const isInner = wires.some((wire) => wire.from === index && wire.slot === slot);
      const asked = own(own(own(own(data, 'config'), String(index)), 'output'), String(slot));
      const visible = own(asked, 'visible') ?? !(isInner && !leaves.has(`${index}.${slot}`));
      if (visible === true) group.outputs.push({ node: index, slot, type: output });
    }
  }
  for (const add of later) add();
  return group;
}

function readWire(link: unknown): Wire[] {
  if (!Array.isArray(link)) return [];
  const [from, slot, to, input, , type] = link as unknown[];
  if (![from, slot, to, input].every((part) => Number.isSafeInteger(part))) return [];
  const [a, b, c, d] = [from, slot, to, input] as [number, number, number, number];
  return [{ from: a, slot: b, to: c, input: d, type: typeof type === 'string' ? type : '*' }];
}

/** The inputs and outputs that one node of a group brings into it; `undefined` for what brings none. */
function describeClass(
  conversion: Conversion,
  group: Group,
  index: number,
  { depth, leaves }: { depth: number; leaves: ReadonlySet<string> },
): { inputs: ClassInput[]; outputs: string[] } | undefined {
  const node = group.nodes[index]!;
  const before = group.wires.find(({ to }) => to === index);
  const after = group.wires.find(({ from }) => from === index);
  if (node.type === 'PrimitiveNode') {
    const target = after && targetInput(conversion, group, after);
    if (target === undefined) return undefined;
    const options = { ...target.options, control_after_generate: true };
    return { inputs: [{ ...target, name: 'value', options }], outputs: [target.type] };
  }
  if (node.type === 'Reroute') {
    if (before !== undefined && after !== undefined && !leaves.has(`${index}.0`)) return undefined;
    const target = after && group.nodes[after.to]?.inputs[after.input]?.type;
    const type = target ?? before?.type ?? node.outputs[0]?.type ?? '*';
    const options = { forceInput: true };
    return { inputs: [{ name: type, required: true, type, options }], outputs: [type] };
  }
  if (groupName(node.type) !== undefined) {
    const inner = describeGroup(conversion, node, depth + 1);
    return (
      inner && { inputs: inputsOfGroup(inner), outputs: inner.outputs.map(({ type }) => type) }
    );
  }
  const info = own(conversion.catalogue, classOf(node, conversion.catalogue) ?? '');
  const outputs = own(info, 'output');
  return isObject(info)
    ? {
        inputs: classInputs(own(info, 'input')),
        outputs: (Array.isArray(outputs) ? outputs : []).map(String),
      }
    : undefined;
}

function targetInput(conversion: Conversion, { nodes }: Group, wire: Wire): ClassInput | undefined {
  const target = nodes[wire.to];
  const name = target?.inputs[wire.input]?.name;
  if (target === undefined || name === undefined) return undefined;
  const info = own(conversion.catalogue, classOf(target, conversion.catalogue) ?? '');
  return classInputs(own(info, 'input')).find((input) => input.name === name);
}

/** Names as the editor gives them: the input's own, where that is taken with the node's title before it. */
function createNames(items: readonly unknown[], config: unknown) {
  const seen = new Map<string, number>();
  return (index: number, inputName: string): { name: string; hidden: boolean } => {
    const item = items[index];
    const asked = own(own(own(config, String(index)), 'input'), inputName);
    const inputs = own(item, 'inputs');
    const slot = Array.isArray(inputs) ? inputs.find((one) => own(one, 'name') === inputName) : {};
    const [custom, label, title, type] = [
      own(asked, 'name'),
      own(slot, 'label'),
      own(item, 'title'),
      own(item, 'type'),
    ];
    let name = String(custom ?? label ?? inputName);
    let key = name;
    if ((type === 'PrimitiveNode' && title) || seen.has(name)) {
      const prefix = `${title ?? type} `;
      key = prefix + inputName;
      name = seen.has(key) ? `${prefix}${seen.get(key)} ${inputName}` : key;
    }
    seen.set(key, (seen.get(key) ?? 1) + 1);
    return { name, hidden: own(asked, 'visible') === false };
  };
}

/** The inputs of a group as those of one class: each node's widgets where it stands, then the sockets. */
function inputsOfGroup({ inputs, widgets }: Group): ClassInput[] {
  const isSeed = (name: string) => name === 'seed' || name === 'noise_seed';
  const shown = [...widgets].map(([name, { input }]): ClassInput => {
    const controlled = isSeed(input.name) ? { control_after_generate: true } : {};
    return { ...input, name, options: { ...input.options, ...controlled } };
  });
  const sockets = inputs.filter(({ name, hidden }) => !hidden && !widgets.has(name));
  return [...shown, ...sockets.map(({ name, input }) => ({ ...input, name }))];
}

/** A description as `object_info` has it, for those who read the values of a node by its class. */
function classOfGroup(group: Group): object {
  const specs = inputsOfGroup(group)
    .filter(({ name }) => group.widgets.has(name))
    .map(({ name, type, options }) => [name, [type, options]]);
  return { input: { required: Object.fromEntries(specs) } };
}

function toGraph({ nodes, wires, inputs, outputs }: Group, name: string): UiGraph {
  const links: UiGraph['links'] = new Map();
  const feed = (node: UiNode, at: number, link: string) => {
    const slot = node.inputs[at];
    if (slot !== undefined) slot.link = link;
  };
  for (const node of nodes) node.inputs = node.inputs.map((slot) => ({ ...slot, link: undefined }));
  for (const [index, { from, slot, to, input }] of wires.entries()) {
    const target = nodes[to];
    if (target === undefined || nodes[from] === undefined) continue;
    links.set(`in-${index}`, {
      originId: String(from),
      originSlot: slot,
      targetId: String(to),
      targetSlot: input,
    });
    feed(target, input, `in-${index}`);
  }
  for (const [index, { node, input }] of inputs.entries()) {
    const target = nodes[node]!;
    const at = findSlot(target, input);
    links.set(`from-${index}`, {
      originId: INPUT_SIDE,
      originSlot: index,
      targetId: String(node),
      targetSlot: at,
    });
    feed(target, at, `from-${index}`);
  }
  for (const [index, { node, slot }] of outputs.entries()) {
    links.set(`to-${index}`, {
      originId: String(node),
      originSlot: slot,
      targetId: OUTPUT_SIDE,
      targetSlot: index,
    });
  }
  return {
    name,
    nodes: new Map(nodes.map((node) => [node.id, node])),
    links,
    inputs: inputs.map((one) => ({ name: one.name, type: one.input.type })),
    outputs: outputs.map(({ type }) => ({ name: '', type })),
  };
}

/** The place of a node's input; files that list only what is linked lack it, and it is added. */
function findSlot(node: UiNode, { name, type }: ClassInput): number {
  const isReroute = node.type === 'Reroute';
  const found = isReroute ? 0 : node.inputs.findIndex((slot) => slot.name === name);
  if (found >= 0 && found < node.inputs.length) return found;
  const added: UiInput = { name, type, link: undefined, widget: undefined };
  return node.inputs.push(added) - 1;
}
