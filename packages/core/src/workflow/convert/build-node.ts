import type { InputValue, NodeInfo, WorkflowNode } from '../../spec/index.ts';
import { own, show } from '../json-shape.ts';
import { checkKey } from '../read.ts';
import { declaredInputs } from '../validate/declared-inputs.ts';
import {
  type ClassInput,
  classInputs,
  DYNAMIC_COMBO,
  isWidget,
  optionInputs,
} from './class-inputs.ts';
import { type Conversion, type Place, warn } from './conversion.ts';
import { defaultOf, toLiteral, widgetLiteral } from './literals.ts';
import { resolveInput, type Source } from './resolve-input.ts';
import type { PlacedNode } from './scopes.ts';
import { readWidgetValues } from './widget-values.ts';

const MAX_NESTING = 8;

/** A class of a node pack whose script adds a widget for each LoRA; used so widely that it is known here. */
const POWER_LORAS = 'Power Lora Loader (rgthree)';

/** One node of the result: its widgets' values, then its links. */
export function buildNode(
  conversion: Conversion,
  { scope, node, id }: PlacedNode,
  classType: string,
): WorkflowNode {
  const info = conversion.catalogue[classType]!;
  const place = (input?: string): Place => ({ nodeId: id, classType, input });
  const inputs = new Map<string, InputValue>();
  const { values, extra } = readWidgetValues(info, node, conversion);
  for (const { widget, value } of scope.overrides.get(node.id) ?? []) values.set(widget, value);
  const sources = findSources(conversion, { scope, node, id });
  const title =
    node.title ?? (typeof info.display_name === 'string' ? info.display_name : classType);

  function addWidgets(list: readonly ClassInput[], depth: number): void {
    for (const input of list) {
      if (!isWidget(input, node, conversion)) continue;
      const value = chooseValue(input);
      if (value !== undefined) {
        inputs.set(
          checkKey(input.name, id),
          widgetLiteral(conversion, input, value, place(input.name)),
        );
      }
      if (input.type === DYNAMIC_COMBO && depth < MAX_NESTING) {
        addWidgets(optionInputs(input, value), depth + 1);
      }
    }
  }

  /** A primitive's or an instance's value, the file's own, else the default; none for what a link feeds. */
  function chooseValue(input: ClassInput): unknown {
    const source = sources.get(input.name);
    if (source?.kind === 'link') return undefined;
    if (source?.kind === 'value') return source.value;
    if (values.has(input.name)) return values.get(input.name);
    const value = defaultOf(input);
    if (value !== undefined) {
      warn(
        conversion,
        'value-defaulted',
        place(input.name),
        `the file has no value; ${show(value)} was set`,
      );
    } else if (input.required) {
      warn(
        conversion,
        'value-missing',
        place(input.name),
        'the file has no value, and there is no default',
      );
    }
    return value;
  }

  addWidgets(classInputs(own(info, 'input'), own(info, 'input_order')), 0);
  addLinks(conversion, info, inputs, sources, place);
  addExtra(conversion, info, inputs, extra, place);
  return { class_type: classType, inputs: Object.fromEntries(inputs), _meta: { title } };
}

/** What feeds each input that has a link, by the input's name. */
function findSources(conversion: Conversion, { scope, node, id }: PlacedNode): Map<string, Source> {
  const sources = new Map<string, Source>();
  for (const [index, { name, widget, link }] of node.inputs.entries()) {
    if (link === undefined) continue;
    const source = resolveInput(conversion, scope, node, index);
    sources.set(widget ?? name, source);
    if (source.kind === 'lost') {
      const where = { nodeId: id, classType: node.type, input: widget ?? name };
      warn(conversion, 'link-dropped', where, source.reason);
    }
  }
  return sources;
}

function addLinks(
  conversion: Conversion,
  info: NodeInfo,
  inputs: Map<string, InputValue>,
  sources: ReadonlyMap<string, Source>,
  place: (input: string) => Place,
): void {
  for (const [name, source] of sources) {
    if (source.kind === 'open' || source.kind === 'lost' || inputs.has(name)) continue;
    const declared = declaredInputs(info, Object.fromEntries(inputs));
    if (!declared.has(name) && !keepsUndeclared(conversion, info, place(name))) continue;
    const value: InputValue =
      source.kind === 'link' ? [source.id, source.slot] : toLiteral(source.value, place(name));
    inputs.set(checkKey(name, place(name).nodeId), value);
  }
}

/** Values that the class declares no widget for: made by the script of a node pack, or left from another version. */
function addExtra(
  conversion: Conversion,
  info: NodeInfo,
  inputs: Map<string, InputValue>,
  extra: ReadonlyMap<string, unknown>,
  place: (input: string) => Place,
): void {
  let loras = 0;
  for (const [name, value] of extra) {
    if (inputs.has(name)) continue;
    if (place(name).classType === POWER_LORAS && typeof own(value, 'lora') === 'string') {
      loras += 1;
      const input = `lora_${loras}`;
      if (keepsUndeclared(conversion, info, place(input))) {
        inputs.set(input, toLiteral(value, place(input)));
      }
    } else if (name.startsWith('#')) {
      const what = `the value ${show(value)} at place ${name.slice(1)} belongs to no widget of the class and was dropped`;
      warn(conversion, 'value-dropped', { ...place(name), input: undefined }, what);
    } else if (keepsUndeclared(conversion, info, place(name))) {
      inputs.set(checkKey(name, place(name).nodeId), toLiteral(value, place(name)));
    }
  }
}

const moduleOf = ({ python_module }: NodeInfo) =>
  typeof python_module === 'string' ? python_module : '';

/**
 * Classes of node packs may take inputs that only their script knows. For core classes the server would run
 * what such an input is linked to, and give the node nothing.
 */
function keepsUndeclared(conversion: Conversion, info: NodeInfo, place: Place): boolean {
  const isPack = /^custom_nodes\b/.test(moduleOf(info));
  if (isPack)
    warn(conversion, 'undeclared-input', place, 'the class declares no such input; it was kept');
  else warn(conversion, 'input-dropped', place, 'the class declares no such input; it was dropped');
  return isPack;
}
