import type { InputValue, Link, SlotRef, Workflow } from '../../spec/index.ts';
import { hasNode, isLink, linksOf } from '../graph.ts';
import { ENCODERS, factOf, PAIRED, PRIMITIVES, TEXT_JOINS, ZEROING } from './node-facts.ts';

/** The text inputs that end up in a conditioning link, in the order in which they are met. */
export function traceText(workflow: Workflow, start: Link): SlotRef[] {
  const found: SlotRef[] = [];
  const seen = new Set<string>();
  // A stack of its own, here and below: a chain may be longer than the engine's stack is deep.
  const stack: Link[] = [start];
  for (let link = stack.pop(); link !== undefined; link = stack.pop()) {
    const [id, output] = link;
    const key = `${id}:${output}`;
    if (!hasNode(workflow, id) || seen.has(key)) continue;
    seen.add(key);
    const texts = textInputs(workflow, id);
    if (texts.length > 0) found.push(...texts.flatMap((input) => textSlot(workflow, id, input)));
    else stack.push(...passedOn(workflow, id, output).reverse());
  }
  return found;
}

/** The inputs of a text encoder that hold its words; none for other nodes. */
function textInputs(workflow: Workflow, id: string): string[] {
  const { class_type, inputs } = workflow[id]!;
  const known = factOf(ENCODERS, class_type);
  if (known !== undefined || !isLink(inputs['clip'])) return known ?? [];
  return ['text', 'prompt'].filter((name) => Object.hasOwn(inputs, name));
}

/** The conditionings that a node hands on at one of its outputs. */
function passedOn(workflow: Workflow, id: string, output: number): Link[] {
  const { class_type, inputs } = workflow[id]!;
  if (ZEROING.has(class_type)) return [];
  // ControlNetApplyAdvanced and its kind pass positive and negative through, each on its own output.
  const isPaired = PAIRED.every((name) => isLink(inputs[name]));
  if (isPaired) return [inputs[PAIRED[output === 1 ? 1 : 0]] as Link];
  return linksOf(inputs)
    .filter(([name]) => /cond|positive/i.test(name))
    .map(([, link]) => link);
}

/**
 * Where a text input's words are written: there, or in the primitive that feeds it. Of joined texts only
 * the first that is written down is the prompt; the others are fixed style.
 */
function textSlot(workflow: Workflow, node: string, input: string): SlotRef[] {
  const seen = new Set<string>();
  const stack: SlotRef[] = [{ node, input }];
  for (let slot = stack.pop(); slot !== undefined; slot = stack.pop()) {
    const value: InputValue | undefined = workflow[slot.node]?.inputs[slot.input];
    if (typeof value === 'string') return [slot];
    if (!isLink(value) || !hasNode(workflow, value[0]) || seen.has(value[0])) continue;
    const [source] = value;
    seen.add(source);
    const { class_type } = workflow[source]!;
    const held = factOf(PRIMITIVES, class_type);
    const inputs = held === undefined ? (factOf(TEXT_JOINS, class_type) ?? []) : [held];
    stack.push(...inputs.map((name) => ({ node: source, input: name })).reverse());
  }
  return [];
}

/** Where a number input's value is written: there, or in the primitive that feeds it; none where it is computed. */
export function traceNumber(workflow: Workflow, node: string, input: string): SlotRef[] {
  const value = workflow[node]?.inputs[input];
  if (typeof value === 'number' || typeof value === 'bigint') return [{ node, input }];
  if (!isLink(value) || !hasNode(workflow, value[0])) return [];
  const held = factOf(PRIMITIVES, workflow[value[0]]!.class_type);
  if (held === undefined || isLink(workflow[value[0]]!.inputs[held])) return [];
  return traceNumber(workflow, value[0], held);
}

/** Every node that feeds an input, directly or through others, each once, nearest first. */
export function upstream(workflow: Workflow, node: string, input: string): string[] {
  const start = workflow[node]?.inputs[input];
  const queue = isLink(start) ? [start[0]] : [];
  const found = new Set<string>();
  for (const id of queue) {
    if (found.has(id) || !hasNode(workflow, id)) continue;
    found.add(id);
    for (const value of Object.values(workflow[id]!.inputs))
      if (isLink(value)) queue.push(value[0]);
  }
  return [...found];
}
