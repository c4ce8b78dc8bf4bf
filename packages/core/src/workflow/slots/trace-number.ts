import type { InputValue, SlotRef, Workflow } from '../../spec/index.ts';
import { hasNode, isLink } from '../graph.ts';

/** A number, one as text, or a placeholder for one such as `%seed%`; servers read `"11"` as 11. */
const isNumber = (value: InputValue | undefined): boolean =>
  typeof value === 'string'
    ? /^\s*(-?\d+(\.\d+)?\s*$|[%${<[_#@*])/.test(value)
    : typeof value === 'number' || typeof value === 'bigint';

/**
 * Where a number input's value is written: there, or in the node that feeds it and holds nothing but that number;
 * none where it is computed, or chosen by a preset.
 */
export function traceNumber(workflow: Workflow, node: string, input: string): SlotRef[] {
  const word = /seed|width|height|batch/.exec(input)?.[0] ?? input;
  const seen = new Set<string>();
  for (let slot: SlotRef | undefined = { node, input }; slot; ) {
    const value: InputValue | undefined = workflow[slot.node]!.inputs[slot.input];
    if (isNumber(value) || (slot.node === node && typeof value === 'string')) return [slot];
    if (!isLink(value) || !hasNode(workflow, value[0]) || seen.has(value[0])) return [];
    seen.add(value[0]);
    const held = heldNumber(workflow[value[0]]!.inputs, word);
    slot = held === undefined ? undefined : { node: value[0], input: held };
  }
  return [];
}

/** The input of a node in which the number that it gives out stands, or through which it comes. */
function heldNumber(inputs: { [name: string]: InputValue }, word: string): string | undefined {
  if (hasPreset(inputs)) return undefined;
  const names = Object.keys(inputs);
  const open = names.filter((name) => isNumber(inputs[name]) || isLink(inputs[name]));
  const same = open.filter((name) => name.toLowerCase().includes(word));
  if (same.length > 0) return same[0];
  const bundle = open.find((name) => /pipe|ctx|context/i.test(name) && isLink(inputs[name]));
  if (bundle !== undefined || open.length === 1) return bundle ?? open[0];
  const isComputed = open.some((name) => isLink(inputs[name]));
  return isComputed ? undefined : open.find((name) => /^(value|int|integer|number)$/i.test(name));
}

/** Whether a node takes a size from a list, such as `aspect_ratio`, and not from its numbers. */
export function hasPreset(inputs: { [name: string]: InputValue }): boolean {
  return Object.entries(inputs).some(([name, value]) => {
    const isChoice = /^(aspect|ratio|resolution|preset)/i.test(name);
    return isChoice && typeof value === 'string' && !/custom|none|manual|自定义/i.test(value);
  });
}
