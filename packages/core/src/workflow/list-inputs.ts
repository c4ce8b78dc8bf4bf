import type { InputValue, SlotRef, Slots, Workflow } from '../spec/index.ts';
import { atBorder } from '../util/at-border.ts';
import { compareIds, isLink } from './graph.ts';
import { factsOf, type InputFacts, type KnownServer } from './input-facts.ts';
import { literalAt } from './literal-inputs.ts';
import { findInputs, type NamedInputs } from './slots/find-inputs.ts';
import { findSlots } from './slots/find-slots.ts';

/** An input of a graph that a brief can set, with what it takes. */
export interface ListedInput extends InputFacts {
  /** What `inputs` of a brief calls it: `steps`, `lora:pixel-art`, or `12.denoise`. */
  name: string;
  /** Where its value is written. */
  refs: SlotRef[];
  /** What stands there. */
  value: InputValue;
}

/** What is known besides the graph. */
export interface ListInputsOptions extends KnownServer {
  /** A flow's slots: what is stated there replaces what is found. Default: all is found. */
  slots?: Slots | undefined;
  /** Lists every other value of the graph too, as `node.input`. Default false. */
  all?: boolean | undefined;
}

/**
 * The inputs of a graph that a brief's `inputs` can set: those with a name first, in the order in which they are found,
 * with what a server takes there and the present value. Prompts, seeds and sizes are slots and not among the names.
 *
 * @throws INVALID_WORKFLOW for a graph with a node that has no class or no inputs.
 */
export function listInputs(workflow: Workflow, options: ListInputsOptions = {}): ListedInput[] {
  return atBorder('INVALID_WORKFLOW', 'listInputs', () => {
    const named = Object.entries(nameInputs(workflow, options.slots));
    const listed = options.all
      ? [...named, ...addressesOf(workflow, options.slots ?? findSlots(workflow), named)]
      : named;
    return listed.flatMap(([name, refs]) => {
      const value = refs[0] && literalAt(workflow, refs[0]);
      return value === undefined
        ? []
        : [{ name, refs, value, ...factsOf(workflow, refs[0]!, options) }];
    });
  });
}

/** The inputs that have a name: those that reading finds, and those that somebody stated in their place. */
export const nameInputs = (workflow: Workflow, slots: Slots | undefined): NamedInputs => ({
  ...findInputs(workflow),
  ...slots?.inputs,
});

/** Every value of a graph that nothing else names, as `node.input`. */
function addressesOf(
  workflow: Workflow,
  { inputs: _, pictures, ...slots }: Slots,
  named: readonly [string, SlotRef[]][],
): [string, SlotRef[]][] {
  const keyOf = ({ node, input }: SlotRef) => `${node}.${input}`;
  const others = [...Object.values(slots), ...Object.values(pictures ?? {})] as SlotRef[][];
  const taken = new Set([...others, ...named.map(([, refs]) => refs)].flat().map(keyOf));
  return Object.keys(workflow)
    .sort(compareIds)
    .flatMap((node) =>
      Object.entries(workflow[node]!.inputs)
        .filter(([, value]) => !isLink(value) && (typeof value !== 'object' || value === null))
        .map(([input]): [string, SlotRef[]] => [keyOf({ node, input }), [{ node, input }]])
        .filter(([name]) => !taken.has(name)),
    );
}
