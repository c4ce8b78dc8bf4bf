import { ComfygenError } from '../errors/comfygen-error.ts';
import type { Brief, NodeCatalogue, SlotName, Slots, Warning, Workflow } from '../spec/index.ts';
import { copyGraph } from '../util/copy-graph.ts';
import { type Binding, bindBatch, bindSeed, bindSize, fillSlot } from './bind-numbers.ts';
import { type BoundFile, bindPictures } from './bind-pictures.ts';
import { findOutputNodes, hasNode, requireShape } from './graph.ts';
import { isPlaceholder } from './slots/placeholders.ts';
import { slotWarnings } from './slots/slot-warnings.ts';

/** A workflow filled with a brief. */
export interface BoundWorkflow {
  /** A new object; nodes and inputs that no slot names are equal to the caller's. */
  workflow: Workflow;
  outputNodes: string[];
  /** The brief's pictures that a server has to be given first, with the places of their names. */
  files: BoundFile[];
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
  /** The server's model files by folder: what `inputs` of a brief name is looked for there. */
  models?: { [folder: string]: readonly string[] } | undefined;
}

/** A side that somebody left to a program to fill in, and nobody stated. */
const OPEN_SIDE = 1024;

/** Fills a workflow's slots with a brief, all but its `inputs`: see `bindBrief`. @throws MISSING_SLOT, INVALID_BRIEF */
export function bindWorkflow(
  workflow: Workflow,
  slots: Slots,
  brief: Brief,
  options: BindOptions = {},
): BoundWorkflow {
  requireShape(workflow);
  const doubts = slotWarnings(workflow, slots);
  const missing = doubts.find(({ code }) => code === 'no-prompt-slot');
  if (missing !== undefined) {
    throw new ComfygenError('MISSING_SLOT', missing.message, {
      details: { ...missing.details },
    });
  }
  const bound = copyGraph(workflow);
  const warnings: Warning[] = [];
  const binding: Binding = { workflow: bound, slots, catalogue: options.catalogue, warnings };
  const ignored = (slot: SlotName, what: string) => {
    const code = `${what}-ignored`;
    if (slots[slot].length > 0 || warnings.some((warning) => warning.code === code)) return;
    warnings.push({ code, message: `The workflow has no input for the ${what}.` });
  };

  fillSlot(binding, 'prompt', (ref) => fillTemplate(ref.template ?? '{prompt}', brief));
  const isOpen = (slot: SlotName, matches: (text: string) => boolean) =>
    slots[slot].some(({ node, input }) => {
      const value = hasNode(bound, node) ? bound[node]!.inputs[input] : undefined;
      return typeof value === 'string' && matches(value);
    });
  const isToken = (text: string) => Number.isNaN(Number(text));
  const unsaid = isOpen('negative', (text) => isPlaceholder(text, 'negative')) ? '' : undefined;
  const negative = brief.negative ?? options.defaults?.negative ?? unsaid;
  if (brief.negative !== undefined) ignored('negative', 'negative');
  warnings.push(
    ...doubts.filter(({ details }) => details.slot === 'prompt' || negative !== undefined),
  );
  if (negative !== undefined)
    fillSlot(binding, 'negative', (ref) =>
      fillTemplate(ref.template ?? '{negative}', { ...brief, negative }),
    );
  ignored('seed', 'seed');
  bindSeed(binding, brief.seed);
  for (const side of ['width', 'height'] as const)
    if (brief[side] !== undefined) ignored(side, 'size');
  const sideOf = (side: 'width' | 'height') => {
    const wanted = brief[side] ?? options.defaults?.[side];
    if (wanted !== undefined || !isOpen(side, isToken)) return wanted;
    const message = `The workflow leaves the ${side} open; ${OPEN_SIDE} pixels were written.`;
    warnings.push({ code: 'size-defaulted', message });
    return OPEN_SIDE;
  };
  bindSize(binding, { width: sideOf('width'), height: sideOf('height') });
  const unsaidBatch = isOpen('batchSize', isToken) ? 1 : undefined;
  const batchSize = options.batchSize ?? brief.count ?? unsaidBatch;
  if (batchSize !== undefined && batchSize > 1) ignored('batchSize', 'count');
  bindBatch(binding, batchSize);
  const files = bindPictures(binding, brief);
  if (options.filenamePrefix !== undefined) namePictures(bound, options.filenamePrefix);
  return { workflow: bound, outputNodes: findOutputNodes(bound), files, warnings };
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
      throw new ComfygenError('INVALID_BRIEF', message, {
        details: { placeholder: token, template },
      });
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
