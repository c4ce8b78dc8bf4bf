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
import { requireShape } from './require-shape.ts';
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
 * @throws MISSING_SLOT where the graph takes no prompt or has no such input; INVALID_BRIEF for sizes out of
 * range or a missing second subject.
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
  requireShape(workflow);
  const bound = structuredClone(workflow);
  const warnings: Warning[] = [];
  const write = (slot: SlotName, value: (ref: SlotRef) => InputValue) => {
    for (const ref of slots[slot]) {
      const inputs = hasNode(bound, ref.node) ? bound[ref.node]!.inputs : {};
      if (!Object.hasOwn(inputs, ref.input)) {
        const message = `Slot ${slot} names ${ref.input} of node ${ref.node}, which the workflow has not.`;
        throw new ComfygenError('MISSING_SLOT', message, { details: { slot, ref } });
      }
      inputs[ref.input] = value(ref);
    }
  };
  const ignored = (slot: SlotName, what: string) => {
    const code = `${what}-ignored`;
    if (slots[slot].length > 0 || warnings.some((warning) => warning.code === code)) return;
    warnings.push({ code, message: `The workflow has no input for the ${what}.` });
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
    const snapped = snapSize(classesOf(workflow, slots[side]), side, wanted, warnings);
    write(side, () => snapped);
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

const classesOf = (workflow: Workflow, refs: readonly SlotRef[]): string[] =>
  refs.filter(({ node }) => hasNode(workflow, node)).map(({ node }) => workflow[node]!.class_type);
