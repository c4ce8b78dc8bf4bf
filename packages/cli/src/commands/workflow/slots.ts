import type { SlotRef, Workflow } from 'comfygen';
import { findComponents, findSlots } from 'comfygen/workflow';
import { type Field, renderFields } from '../../render/fields.ts';
import { renderJson } from '../../render/json.ts';
import { allSlots } from '../../render/slots.ts';
import { plain, truncate } from '../../render/text.ts';
import type { CommonOptions, Run } from '../run.ts';
import { readWorkflow } from './read-workflow.ts';

/** `workflow slots FILE`: what a brief fills, with the value that stands there. */
export async function showSlots(
  file: string,
  options: CommonOptions,
  { io }: Run,
): Promise<number> {
  const workflow = await readWorkflow(file, io);
  const slots = findSlots(workflow);
  if (options.json) {
    io.out(renderJson({ slots, components: findComponents(workflow) }));
    return 0;
  }
  const fields = allSlots(slots).map(([name, refs]): Field => {
    const places = refs.map((ref) => describeSlot(workflow, ref, io.columns - 20));
    return [name, places.length === 0 ? '–' : places];
  });
  io.out(renderFields(fields, io.outColors, io.columns));
  return 0;
}

/** `3.seed of KSampler = 7`. */
function describeSlot(workflow: Workflow, { node, input }: SlotRef, width: number): string {
  const value = workflow[node]?.inputs[input];
  const shown = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  const text = `${node}.${input} of ${workflow[node]?.class_type} = ${shown}`;
  return truncate(plain(text), width);
}
