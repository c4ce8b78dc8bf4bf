import type { SlotName, SlotRef, Slots } from 'comfygen';

/** The slots that a graph has, each with the inputs that it fills. */
export function filledSlots(slots: Slots): [name: SlotName, refs: SlotRef[]][] {
  return allSlots(slots).filter(([, refs]) => refs.length > 0);
}

/** Every slot by name, those that the graph lacks too. */
export function allSlots(slots: Slots): [name: SlotName, refs: SlotRef[]][] {
  return Object.entries(slots) as [SlotName, SlotRef[]][];
}
