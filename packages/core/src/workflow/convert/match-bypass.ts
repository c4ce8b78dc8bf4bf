import type { UiNode } from './types.ts';

/** The input whose value leaves a bypassed node by an output, for one who wants `type`; -1 for none. */
export function bypassedInput(node: UiNode, slot: number, type: string): number {
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
