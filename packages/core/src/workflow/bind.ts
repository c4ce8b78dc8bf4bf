import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Brief, NodeCatalogue, SlotName, Slots, Warning, Workflow } from '../spec/index.ts';
import { type Binding, bindBatch, bindSeed, bindSize, fillSlot } from './bind-numbers.ts';
import { findOutputNodes, requireShape } from './graph.ts';

/** A workflow filled with a brief. */
export interface BoundWorkflow {
  /** A new object; nodes and inputs that no slot names are equal to the caller's. */
  workflow: Workflow;
  outputNodes: string[];
  warnings: Warning[];
}

/** Settings for binding a workflow to a brief. */
export interface BindOptions {
  /**
   * The file name prefix for every `SaveImage`; prefixes of the graph that differ are kept behind it. Default: the
   * graph's own.
   */
  filenamePrefix?: string | undefined;
  /** Values used where the brief gives none; where these give none either, the graph's own stay. */
  defaults?:
    | { negative?: string | undefined; width?: number | undefined; height?: number | undefined }
    | undefined;
  /** Images in this job. Default: the brief's count; without one the graph's own batch. */
  batchSize?: number | undefined;
  /** The server's node classes, so that what is written is within their ranges. Default: only core's rules are kept. */
  catalogue?: NodeCatalogue | undefined;
}

/**
 * Fills a workflow's slots with a brief: texts through their templates, one seed for every sampler, size and
 * batch. Prompts are written as they are, so ComfyUI's weight syntax `(word:1.2)` works. What the brief asks
 * for and the graph has no slot for is a warning: `negative-ignored`, `seed-ignored`, `size-ignored`,
 * `count-ignored`; a size that the latent node can't hold is rounded, with `size-rounded`, and one that did not
 * follow the picture's stays, with `size-kept`; a seed above what a class takes is wrapped, with `seed-wrapped`; a
 * batch that holds a film's frames, or that no count replaces, stays, with `count-kept`.
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
  const binding: Binding = { workflow: bound, slots, catalogue: options.catalogue, warnings };
  const ignored = (slot: SlotName, what: string) => {
    const code = `${what}-ignored`;
    if (slots[slot].length > 0 || warnings.some((warning) => warning.code === code)) return;
    warnings.push({ code, message: `The workflow has no input for the ${what}.` });
  };

  fillSlot(binding, 'prompt', (ref) => fillTemplate(ref.template ?? '{prompt}', brief));
  const negative = brief.negative ?? options.defaults?.negative;
  if (brief.negative !== undefined) ignored('negative', 'negative');
  if (negative !== undefined)
    fillSlot(binding, 'negative', (ref) =>
      fillTemplate(ref.template ?? '{negative}', { ...brief, negative }),
    );
  ignored('seed', 'seed');
  bindSeed(binding, brief.seed);
  for (const side of ['width', 'height'] as const)
    if (brief[side] !== undefined) ignored(side, 'size');
  const { width = options.defaults?.width, height = options.defaults?.height } = brief;
  bindSize(binding, { width, height });
  const batchSize = options.batchSize ?? brief.count;
  if (batchSize !== undefined && batchSize > 1) ignored('batchSize', 'count');
  bindBatch(binding, batchSize);
  if (options.filenamePrefix !== undefined) namePictures(bound, options.filenamePrefix);
  return { workflow: bound, outputNodes: findOutputNodes(bound), warnings };
}

/** Prefixes that tell the graph's outputs apart still do, behind the one that is given. */
function namePictures(workflow: Workflow, prefix: string): void {
  const prefixOf = (id: string) => workflow[id]!.inputs['filename_prefix'];
  const ids = Object.keys(workflow);
  const savers = ids.filter((id) => workflow[id]!.class_type === 'SaveImage');
  const own = new Map(savers.map((id) => [id, prefixOf(id)]));
  const differ = new Set([...own.values()].map((value) => JSON.stringify(value))).size > 1;
  for (const [id, value] of own) {
    const name = typeof value === 'string' ? value.replaceAll(/[/\\:*?"<>|]+/g, '-') : id;
    workflow[id]!.inputs['filename_prefix'] = differ ? `${prefix}-${name}` : prefix;
  }
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
