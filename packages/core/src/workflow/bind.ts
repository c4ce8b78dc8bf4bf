import { ComfygenError } from '../errors/comfygen-error.ts';
import type {
  Brief,
  InputValue,
  SlotName,
  SlotRef,
  Slots,
  Warning,
  Workflow,
} from '../spec/index.ts';
import { fillTemplate } from './fill-template.ts';
import { hasNode } from './links.ts';
import { findOutputNodes } from './output-nodes.ts';
import { snapSize } from './snap-size.ts';

/** A workflow filled with a brief. */
export interface BoundWorkflow {
  /** A new object; nodes and inputs that no slot names are equal to the caller's. */
  workflow: Workflow;
  outputNodes: string[];
  warnings: Warning[];
}

/** How to bind. */
export interface BindOptions {
  /** Written into every `SaveImage`; the graph's own where `undefined`. */
  filenamePrefix?: string | undefined;
  /** Used where the brief leaves them open; then the graph's own. */
  defaults?:
    | { negative?: string | undefined; width?: number | undefined; height?: number | undefined }
    | undefined;
  /** Images in this job; default the brief's count where the graph has a batch slot, else 1. */
  batchSize?: number | undefined;
}

/**
 * Fills a workflow's slots with a brief: texts through their templates, one seed for every sampler, size and
 * batch. Prompts are written as they are, so ComfyUI's weight syntax `(word:1.2)` works. What the brief asks
 * for and the graph has no slot for is a warning: `negative-ignored`, `seed-ignored`, `size-ignored`,
 * `count-ignored`; a size that the latent node can't hold is rounded, with `size-rounded`.
 *
 * @throws MISSING_SLOT where the graph takes no prompt or a slot names no node; INVALID_BRIEF for sizes out
 * of range or a missing second subject.
 */
export function bindWorkflow(
  workflow: Workflow,
  slots: Slots,
  brief: Brief,
  options: BindOptions = {},
): BoundWorkflow {
  if (slots.prompt.length === 0) {
    throw new ComfygenError(
      'MISSING_SLOT',
      'No input of this workflow takes the prompt. Name one in flow.json under slots.prompt.',
    );
  }
  const bound = copyWorkflow(workflow);
  const warnings: Warning[] = [];
  const write = (slot: SlotName, value: (ref: SlotRef) => InputValue) => {
    for (const ref of slots[slot]) {
      if (!hasNode(bound, ref.node)) {
        throw new ComfygenError(
          'MISSING_SLOT',
          `Slot ${slot} names node ${ref.node}, which the workflow has not.`,
          { details: { slot, ref } },
        );
      }
      bound[ref.node]!.inputs[ref.input] = value(ref);
    }
  };
  const ignored = (slot: SlotName, what: string) => {
    if (slots[slot].length === 0)
      warnings.push({
        code: `${what}-ignored`,
        message: `The workflow has no input for the ${what}.`,
      });
  };

  write('prompt', (ref) => fillTemplate(ref.template ?? '{prompt}', brief));
  const negative = brief.negative ?? options.defaults?.negative;
  if (brief.negative !== undefined) ignored('negative', 'negative');
  if (negative !== undefined)
    write('negative', (ref) => fillTemplate(ref.template ?? '{negative}', { ...brief, negative }));
  ignored('seed', 'seed');
  write('seed', () => brief.seed);
  for (const side of ['width', 'height'] as const) {
    const wanted = brief[side] ?? options.defaults?.[side];
    if (brief[side] !== undefined) ignored(side, 'size');
    if (wanted === undefined) continue;
    write(side, (ref) => snapSize(bound[ref.node]!.class_type, side, wanted, warnings));
  }
  const batchSize = options.batchSize ?? brief.count;
  if (batchSize > 1) ignored('batchSize', 'count');
  write('batchSize', () => batchSize);
  if (options.filenamePrefix !== undefined) {
    for (const node of Object.values(bound)) {
      if (node.class_type === 'SaveImage') node.inputs['filename_prefix'] = options.filenamePrefix;
    }
  }
  return { workflow: bound, outputNodes: findOutputNodes(bound), warnings };
}

function copyWorkflow(workflow: Workflow): Workflow {
  return Object.fromEntries(
    Object.entries(workflow).map(([id, node]) => [
      id,
      { ...structuredClone(node), inputs: structuredClone(node.inputs) },
    ]),
  );
}
