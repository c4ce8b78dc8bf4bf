import type { SlotRef, Slots, Workflow } from '../../spec/index.ts';
import { compareIds, hasNode, isLink, requireShape } from '../graph.ts';
import { findPictures } from './find-pictures.ts';
import { isNoLatent, isPicture, isSeed } from './input-names.ts';
import { factOf, SIZE_FOLLOWERS } from './node-facts.ts';
import { findMakers, readTexts } from './read-texts.ts';
import { hasPreset, traceNumber } from './trace-number.ts';

/**
 * The inputs that a brief fills, found by following the links back from the samplers: texts through any
 * conditioning nodes, pipes, switches and joins, seeds in samplers, noise and seed nodes, sizes and batch in what
 * makes the latents that feed them. Nodes are known by their inputs, so that those of community packs are too.
 * Of several texts that differ the main one is the prompt; `slotWarnings` names the others. A text that feeds
 * both sides of a sampler counts as the prompt only. A negative made by zeroing a conditioning out is no slot.
 * Pictures are known by what the nodes that load them lead to.
 *
 * @throws INVALID_WORKFLOW for a graph with a node that has no class or no inputs.
 */
export function findSlots(workflow: Workflow): Slots {
  requireShape(workflow);
  const makers = findMakers(workflow);
  const { prompt, negative } = readTexts(workflow, makers);
  const seed = unique(makers.flatMap((id) => seedsOf(workflow, id)));
  const pictures = findPictures(workflow, makers);
  return { prompt, negative, seed, ...sizesOf(workflow, makers), ...pictures };
}

function seedsOf(workflow: Workflow, id: string): SlotRef[] {
  const { inputs } = workflow[id]!;
  // A pass with its noise turned off still draws from the seed in ancestral and SDE samplers.
  const seed = 'noise_seed' in inputs ? 'noise_seed' : Object.keys(inputs).find(isSeed);
  if (seed !== undefined) return traceNumber(workflow, id, seed);
  const noise = inputs['noise'];
  return isLink(noise) && hasNode(workflow, noise[0]) && noise[0] !== id
    ? seedsOf(workflow, noise[0])
    : [];
}

type Sizes = Pick<Slots, 'width' | 'height' | 'batchSize'>;

function sizesOf(workflow: Workflow, makers: string[]): Sizes {
  const latents = latentSources(workflow, makers);
  const slots: Sizes = { width: [], height: [], batchSize: [] };
  for (const [id, { width, height }] of latents) {
    slots.width.push(...traceNumber(workflow, id, width));
    slots.height.push(...traceNumber(workflow, id, height));
    slots.batchSize.push(...traceNumber(workflow, id, 'batch_size'));
  }
  const followers = slots.width.length > 0 ? Object.keys(workflow).sort(compareIds) : [];
  for (const id of followers) {
    for (const names of factOf(SIZE_FOLLOWERS, workflow[id]!.class_type) ?? []) {
      slots.width.push(...traceNumber(workflow, id, names.width));
      slots.height.push(...traceNumber(workflow, id, names.height));
    }
  }
  return {
    width: unique(slots.width),
    height: unique(slots.height),
    batchSize: unique(slots.batchSize),
  };
}

type SizeNames = { width: string; height: string };

/** The nodes that make the latents, or the blank pictures that become latents, nearest to the makers. */
function latentSources(workflow: Workflow, makers: string[]): [string, SizeNames][] {
  const queue = [...makers];
  const seen = new Set(queue);
  const found: [string, SizeNames][] = [];
  for (const id of queue) {
    const { inputs } = workflow[id]!;
    const size = sizeOf(inputs);
    if (size !== undefined) {
      found.push([id, size]);
      continue;
    }
    for (const [name, value] of Object.entries(inputs)) {
      if (!isLink(value) || isNoLatent(name) || seen.has(value[0])) continue;
      if (!hasNode(workflow, value[0])) continue;
      seen.add(value[0]);
      queue.push(value[0]);
    }
  }
  return found.sort(([a], [b]) => compareIds(a, b));
}

/** The inputs for width and height of a node that makes something of that size; none where it resizes. */
function sizeOf(inputs: Workflow[string]['inputs']): SizeNames | undefined {
  const names = Object.keys(inputs);
  const width = names.find((name) => /^(empty_latent_|latent_|image_|output_)?width$/.test(name));
  const height = width?.replace('width', 'height');
  if (width === undefined || height === undefined || !names.includes(height)) return undefined;
  if (hasPreset(inputs)) return undefined;
  const makes = names.some((name) => /^(batch_size|length|\w*frames)$/.test(name));
  const takes = names.some((name) => isPicture(name) || /latent$|samples/.test(name));
  return makes || !takes ? { width, height } : undefined;
}

const keyOf = (slot: SlotRef) => JSON.stringify([slot.node, slot.input]);

function unique(slots: SlotRef[]): SlotRef[] {
  return [...new Map(slots.map((slot) => [keyOf(slot), slot])).values()];
}
