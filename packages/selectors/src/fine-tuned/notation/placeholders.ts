import type { InputValue, SlotName, SlotRef, Slots, Workflow } from 'comfygen/workflow';

/** A slot's name in the notation, and what stands in the graph until a brief fills it. */
interface Placeholder {
  slot: SlotName;
  /** `undefined` where the graph's own value is kept, because a brief may leave the slot open. */
  blank: InputValue | undefined;
  /** What the name alone stands for; `undefined` where a value must follow. */
  implied: InputValue | undefined;
}

/** The placeholders by name, without the `$`. */
export const PLACEHOLDERS: Readonly<Record<string, Placeholder>> = {
  prompt: { slot: 'prompt', blank: '', implied: '' },
  negative: { slot: 'negative', blank: undefined, implied: '' },
  seed: { slot: 'seed', blank: 0, implied: 0 },
  width: { slot: 'width', blank: undefined, implied: undefined },
  height: { slot: 'height', blank: undefined, implied: undefined },
  batch: { slot: 'batchSize', blank: 1, implied: 1 },
};

/** An input that a brief fills, with its placeholder. */
export interface FilledInput {
  name: string;
  implied: InputValue | undefined;
  ref: SlotRef;
}

/** The placeholder of each slot's input; where two slots name one input, the later, which binding writes last. */
export function placeholdersOf(slots: Slots): Map<string, FilledInput> {
  return new Map(
    Object.entries(PLACEHOLDERS).flatMap(([name, { slot, implied }]) =>
      slots[slot].map((ref) => [keyOf(ref), { name, implied, ref }] as const),
    ),
  );
}

/** One text for a node's input. */
export const keyOf = ({ node, input }: SlotRef): string => JSON.stringify([node, input]);

/** No slot at all. */
export const noSlots = (): Slots => ({
  prompt: [],
  negative: [],
  seed: [],
  width: [],
  height: [],
  batchSize: [],
});

/**
 * A copy of a graph without what a brief always writes: prompt texts are empty, seeds 0, batches 1. Negative
 * prompts and sizes stay, because they are the graph's own wherever a brief leaves them open.
 */
export function blankSlots(workflow: Workflow, slots: Slots): Workflow {
  const copy = structuredClone(workflow);
  for (const { slot, blank } of Object.values(PLACEHOLDERS)) {
    for (const { node, input } of blank === undefined ? [] : slots[slot]) {
      if (Object.hasOwn(copy, node) && Object.hasOwn(copy[node]!.inputs, input)) {
        copy[node]!.inputs[input] = blank!;
      }
    }
  }
  return copy;
}
