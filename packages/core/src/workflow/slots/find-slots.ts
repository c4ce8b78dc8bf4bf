import type { SlotRef, Slots, Workflow } from '../../spec/index.ts';
import { compareIds, hasNode, isLink, requireShape } from '../graph.ts';
import {
  factOf,
  GUIDERS,
  LATENTS,
  SAMPLERS,
  type SamplerFacts,
  SIZE_FOLLOWERS,
} from './node-facts.ts';
import { traceNumber, traceText, upstream } from './trace.ts';

/**
 * The inputs that a brief fills, found by following the links back from the samplers: texts through any
 * conditioning nodes, seeds in samplers and noise nodes, sizes and batch in the latents that feed them.
 * A text that feeds both sides of a sampler counts as the prompt only. A negative made by zeroing a
 * conditioning out is no slot: nothing can be written there. Community samplers and text encoders are
 * known by their inputs (`positive` and a seed; `clip` and a text).
 *
 * @throws INVALID_WORKFLOW for a graph with a node that has no class or no inputs.
 */
export function findSlots(workflow: Workflow): Slots {
  requireShape(workflow);
  const samplers = Object.keys(workflow)
    .filter((id) => samplerOf(workflow, id) !== undefined)
    .sort(compareIds);
  const prompt = unique(samplers.flatMap((id) => textsOf(workflow, id, 'positive')));
  const taken = new Set(prompt.map(keyOf));
  const negative = unique(samplers.flatMap((id) => textsOf(workflow, id, 'negative'))).filter(
    (slot) => !taken.has(keyOf(slot)),
  );
  const seed = unique(samplers.flatMap((id) => seedsOf(workflow, id)));
  return { prompt, negative, seed, ...sizesOf(workflow, samplers) };
}

function samplerOf(workflow: Workflow, id: string): SamplerFacts | undefined {
  const { class_type, inputs } = workflow[id]!;
  const known = factOf(SAMPLERS, class_type);
  if (known !== undefined || !isLink(inputs['positive'])) return known;
  const seed = ['seed', 'noise_seed'].find((name) => Object.hasOwn(inputs, name));
  return seed === undefined ? undefined : { ...factOf(SAMPLERS, 'KSampler')!, seed };
}

function textsOf(workflow: Workflow, id: string, side: 'positive' | 'negative'): SlotRef[] {
  const sampler = samplerOf(workflow, id);
  const input = sampler?.[side];
  if (input !== undefined) return fromInput(workflow, id, input);
  const guider = sampler?.guider === undefined ? undefined : workflow[id]?.inputs[sampler.guider];
  if (!isLink(guider) || !hasNode(workflow, guider[0])) return [];
  const sides = factOf(GUIDERS, workflow[guider[0]]!.class_type);
  return (sides?.[side] ?? []).flatMap((name) => fromInput(workflow, guider[0], name));
}

function fromInput(workflow: Workflow, id: string, input: string): SlotRef[] {
  const link = workflow[id]?.inputs[input];
  return isLink(link) ? traceText(workflow, link) : [];
}

function seedsOf(workflow: Workflow, id: string): SlotRef[] {
  const sampler = samplerOf(workflow, id);
  const { inputs } = workflow[id]!;
  // A pass with its noise turned off still draws from the seed in ancestral and SDE samplers.
  if (sampler?.seed !== undefined) return traceNumber(workflow, id, sampler.seed);
  const noise = sampler?.noise === undefined ? undefined : inputs[sampler.noise];
  if (!isLink(noise) || !hasNode(workflow, noise[0])) return [];
  if (workflow[noise[0]]!.class_type !== 'RandomNoise') return [];
  return traceNumber(workflow, noise[0], 'noise_seed');
}

function sizesOf(
  workflow: Workflow,
  samplers: string[],
): Pick<Slots, 'width' | 'height' | 'batchSize'> {
  const reached = new Set(
    samplers.flatMap((id) => upstream(workflow, id, samplerOf(workflow, id)!.latent)),
  );
  const latents = [...reached]
    .filter((id) => factOf(LATENTS, workflow[id]!.class_type) !== undefined)
    .sort(compareIds);
  const slots: Pick<Slots, 'width' | 'height' | 'batchSize'> = {
    width: [],
    height: [],
    batchSize: [],
  };
  for (const id of latents) {
    const names = LATENTS[workflow[id]!.class_type]!;
    slots.width.push(...traceNumber(workflow, id, names.width));
    slots.height.push(...traceNumber(workflow, id, names.height));
    slots.batchSize.push(...traceNumber(workflow, id, names.batchSize));
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

const keyOf = (slot: SlotRef) => JSON.stringify([slot.node, slot.input]);

function unique(slots: SlotRef[]): SlotRef[] {
  return [...new Map(slots.map((slot) => [keyOf(slot), slot])).values()];
}
