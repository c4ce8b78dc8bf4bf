import type { SlotRef, Workflow } from '../src/spec/index.ts';
import { findSlots } from '../src/workflow/slots/find-slots.ts';
import { textToImage } from './graphs.ts';

/** Slots as `node.input`, for short. */
export function slotsOf(workflow: Workflow): { [slot: string]: string[] } {
  const { pictures = {}, ...others } = findSlots(workflow);
  const slots = Object.entries({ ...others, ...pictures }) as [string, SlotRef[]][];
  return Object.fromEntries(
    slots.map(([name, refs]) => [name, refs.map(({ node, input }) => `${node}.${input}`)]),
  );
}

/** The inputs of `textToImage`'s sampler. */
export const sampler = textToImage()['3']!.inputs;

/** The slots of `textToImage`. */
export const usual = {
  prompt: ['6.text'],
  negative: ['7.text'],
  seed: ['3.seed'],
  width: ['5.width'],
  height: ['5.height'],
  batchSize: ['5.batch_size'],
};
