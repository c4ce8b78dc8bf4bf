import { ComfygenError } from 'comfygen/plugin';
import { parseWorkflow, type SlotRef, type Slots, type Workflow } from 'comfygen/workflow';
import { LineReader } from './line-reader.ts';
import { noSlots, PLACEHOLDERS } from './placeholders.ts';
import { readNode } from './read-node.ts';

/** A workflow with the inputs that a brief fills. */
export interface SlottedWorkflow {
  workflow: Workflow;
  slots: Slots;
}

/** The part of a text in the notation that could be read. */
export interface ReadWorkflow extends SlottedWorkflow {
  /** The error at which reading stopped; `undefined` where the whole text was read. */
  fault: ComfygenError | undefined;
}

/**
 * The workflow that a text in the compact notation stands for, and the inputs that its placeholders name
 * (none where it has none).
 *
 * @throws INVALID_WORKFLOW with line and column, from 1, in the message and in `details`.
 */
export function expandWorkflow(text: string): SlottedWorkflow {
  const { fault, workflow, slots } = readWorkflow(text);
  if (fault !== undefined) throw fault;
  return { workflow: parseWorkflow(workflow), slots };
}

/** As `expandWorkflow`, but keeps the nodes before the first fault, which never link to what comes later. */
export function readWorkflow(text: string): ReadWorkflow {
  const nodes = new Map<string, Workflow[string]>();
  const slots = noSlots();
  let fault: ComfygenError | undefined;
  for (const [index, content] of text.split('\n').entries()) {
    const line = new LineReader(content, index + 1);
    if (!line.more()) continue;
    try {
      const { id, node, filled } = readNode(line, (source) => nodes.has(source));
      nodes.set(id, node);
      for (const [input, { name, template }] of filled) {
        const ref: SlotRef = { node: id, input };
        slots[PLACEHOLDERS[name]!.slot].push(template === undefined ? ref : { ...ref, template });
      }
    } catch (error) {
      if (!ComfygenError.is(error)) throw error;
      fault = error;
      break;
    }
  }
  return { workflow: Object.fromEntries(nodes), slots, fault };
}
