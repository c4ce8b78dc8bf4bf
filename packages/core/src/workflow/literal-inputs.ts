import type { InputValue, SlotRef, Workflow } from '../spec/index.ts';
import { isObject } from '../util/is-object.ts';
import { hasNode, isLink } from './graph.ts';

/** An input's name in two, where it is one line of a value that holds several: `lora_1.strength`. */
function split(
  inputs: { [name: string]: InputValue },
  input: string,
): [string, string | undefined] {
  if (Object.hasOwn(inputs, input)) return [input, undefined];
  const dot = input.indexOf('.');
  return dot > 0 ? [input.slice(0, dot), input.slice(dot + 1)] : [input, undefined];
}

/** The value that stands in an input, or in one line of it; none where there is no such input or another node feeds it. */
export function literalAt(workflow: Workflow, { node, input }: SlotRef): InputValue | undefined {
  if (!hasNode(workflow, node)) return undefined;
  const { inputs } = workflow[node]!;
  const [outer, inner] = split(inputs, input);
  const value = Object.hasOwn(inputs, outer) ? inputs[outer] : undefined;
  if (inner === undefined) return isLink(value) ? undefined : value;
  return isObject(value) && Object.hasOwn(value, inner) ? (value[inner] as InputValue) : undefined;
}

/** Writes a literal that `literalAt` sees. */
export function writeLiteral(
  workflow: Workflow,
  { node, input }: SlotRef,
  value: InputValue,
): void {
  const { inputs } = workflow[node]!;
  const [outer, inner] = split(inputs, input);
  inputs[outer] =
    inner === undefined
      ? value
      : { ...(inputs[outer] as { [key: string]: InputValue }), [inner]: value };
}

/** The input that `node.input` names, at whichever dot a node's id ends. */
export function addressed(workflow: Workflow, address: string): SlotRef | undefined {
  for (let dot = address.indexOf('.'); dot > 0; dot = address.indexOf('.', dot + 1)) {
    const node = address.slice(0, dot);
    if (hasNode(workflow, node)) return { node, input: address.slice(dot + 1) };
  }
  return undefined;
}
