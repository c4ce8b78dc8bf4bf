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
import { findOutputNodes, hasNode, requireShape } from './graph.ts';
import { factOf } from './slots/node-facts.ts';

/** A workflow filled with a brief. */
export interface BoundWorkflow {
  /** A new object; nodes and inputs that no slot names are equal to the caller's. */
  workflow: Workflow;
  outputNodes: string[];
  warnings: Warning[];
}

/** Settings for binding a workflow to a brief. */
export interface BindOptions {
  /** The file name prefix for every `SaveImage`. Default: the graph's own. */
  filenamePrefix?: string | undefined;
  /** Values used where the brief gives none; where these give none either, the graph's own stay. */
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

/** The largest side that ComfyUI's own nodes take, in pixels. */
const MAX_SIDE = 16_384;

/** Smallest side and step of the nodes that make latents and images, in pixels. */
const RULES: Record<string, { min: number; step: number }> = {
  EmptyLatentImage: { min: 16, step: 8 },
  EmptySD3LatentImage: { min: 16, step: 16 },
  EmptyFlux2LatentImage: { min: 16, step: 16 },
  StableCascade_EmptyLatentImage: { min: 256, step: 8 },
  EmptyImage: { min: 1, step: 1 },
};

/** What holds where none of these nodes is told the size, as with a number node: 8 suits every codec. */
const OTHERWISE = { min: 16, step: 8 };

/**
 * A side that all of these nodes can hold, nearest to the wanted one; rounding adds a `size-rounded` warning.
 *
 * @throws INVALID_BRIEF unless the side is a whole number from the nodes' minimum to 16,384.
 */
function snapSize(
  classTypes: readonly string[],
  side: 'width' | 'height',
  wanted: number,
  warnings: Warning[],
): number {
  const known = classTypes.map((name) => factOf(RULES, name)).filter((rule) => rule !== undefined);
  const rules = known.length > 0 ? known : [OTHERWISE];
  const min = Math.max(...rules.map((rule) => rule.min));
  const step = Math.max(...rules.map((rule) => rule.step));
  if (!Number.isInteger(wanted) || wanted < min || wanted > MAX_SIDE) {
    throw new ComfygenError(
      'INVALID_BRIEF',
      `The ${side} must be a whole number from ${min} to ${MAX_SIDE} pixels; got ${wanted}.`,
      {
        details: { side, wanted, min, max: MAX_SIDE },
      },
    );
  }
  const snapped = Math.max(min, Math.min(MAX_SIDE, Math.round(wanted / step) * step));
  if (snapped !== wanted) {
    const message = `The ${side} ${wanted} was rounded to ${snapped}: this workflow takes multiples of ${step}.`;
    warnings.push({ code: 'size-rounded', message });
  }
  return snapped;
}

/** The texts of a brief that a template may name. */
type Token = 'prompt' | 'negative' | 'first' | 'second' | 'object' | 'scene';

const PARTS = /\{(first|second|object|scene)\}/;
const TOKENS = /\{(prompt|negative|first|second|object|scene)\}/g;

/** Whether a template names a part of the prompt, which somebody has to read out of it. */
export const namesPart = (template: string): boolean => PARTS.test(template);

/**
 * A slot's text: the template with its tokens replaced by the brief's parts. `{object}` and `{first}` are
 * the first subject, the whole prompt where none was found. Braces that are no token stay as they are.
 *
 * @throws INVALID_BRIEF where the template names a second subject and the prompt has none, and where it names any
 * part and the brief has no `parts`.
 */
function fillTemplate(template: string, brief: Brief): string {
  if (brief.parts === undefined && namesPart(template)) {
    const message = `The flow's text "${template}" names parts of the prompt, and the brief has none.`;
    throw new ComfygenError('INVALID_BRIEF', message, { details: { template } });
  }
  const { subjects = [], scene = '' } = brief.parts ?? {};
  const values: Record<Token, string | undefined> = {
    prompt: brief.prompt,
    negative: brief.negative ?? '',
    first: subjects[0] ?? brief.prompt,
    object: subjects[0] ?? brief.prompt,
    second: subjects[1],
    scene,
  };
  let hasGap = false;
  const text = template.replaceAll(TOKENS, (_match, token: Token) => {
    const value = values[token];
    if (value === undefined) {
      const message = `The flow draws two subjects; the prompt "${brief.prompt.slice(0, 80)}" has one.`;
      throw new ComfygenError('INVALID_BRIEF', message, { details: { token, template } });
    }
    hasGap ||= value === '';
    return value;
  });
  return hasGap ? closeGaps(text) : text;
}

/** A token that stands for nothing leaves its comma and blanks behind. */
function closeGaps(text: string): string {
  return text
    .replaceAll(/(,\s*)+(?=,|$)/g, '')
    .replace(/^[,\s]+/, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}
