import type { SlotRef, Workflow } from '../../spec/index.ts';
import { compareIds, hasNode, linksOf } from '../graph.ts';
import { isBundle, isConditioning, isEncoderText, isSeed, isText, sideOf } from './input-names.ts';
import { type FoundText, traceTexts } from './trace-texts.ts';

/** The texts of a graph: those that a brief fills, and those that are told beside them and stay. */
export interface GraphTexts {
  prompt: SlotRef[];
  negative: SlotRef[];
  kept: { prompt: SlotRef[]; negative: SlotRef[] };
}

/**
 * What makes the pictures: nodes that take conditionings and a seed or a latent, or where there are none, those
 * that take a prompt and a seed themselves, as the nodes of paid services do. In the order of their ids.
 */
export function findMakers(workflow: Workflow): string[] {
  const ids = Object.keys(workflow).sort(compareIds);
  const samplers = ids.filter((id) => isSampler(workflow, id));
  if (samplers.length > 0) return samplers;
  // What is read as a text elsewhere is a language model's.
  const writers = new Set(
    ids.flatMap((id) =>
      linksOf(workflow[id]!.inputs).flatMap(([name, [source]]) => (isText(name) ? source : [])),
    ),
  );
  return ids.filter((id) => {
    const names = Object.keys(workflow[id]!.inputs);
    return (
      !writers.has(id) &&
      names.some(isPromptName) &&
      names.some((name) => isSeed(name) || isNegativeText(name))
    );
  });
}

const isPromptName = (name: string) => /prompt/i.test(name) && sideOf(name) !== 'negative';
const isNegativeText = (name: string) => sideOf(name) === 'negative' && isText(name);

function isSampler(workflow: Workflow, id: string): boolean {
  const { inputs } = workflow[id]!;
  const names = Object.keys(inputs);
  const isDrawing = names.some((name) => isSeed(name) || /^(latent_image|noise)$/.test(name));
  return (
    isDrawing &&
    linksOf(inputs).some(
      ([name, [source]]) =>
        hasNode(workflow, source) &&
        (sideOf(name) === 'positive' || isConditioning(name) || isBundle(name)),
    )
  );
}

/** The texts that the makers are told. Where several differ, the main one is the prompt. */
export function readTexts(workflow: Workflow, makers = findMakers(workflow)): GraphTexts {
  const positives: FoundText[] = [];
  const negatives: FoundText[] = [];
  for (const id of firstOfChain(workflow, makers)) {
    let towards = traceTexts(workflow, id, 'positive');
    let away = traceTexts(workflow, id, 'negative');
    // A text on both sides is the negative where there is another prompt, as with a guider of two conditionings.
    const own = without(towards, away);
    if (own.length > 0) towards = own;
    else away = without(away, towards);
    positives.push(...towards);
    negatives.push(...away);
  }
  const prompt = pickMain(positives);
  const negative = pickMain(without(negatives, positives));
  return {
    prompt: prompt.taken,
    negative: negative.taken,
    kept: { prompt: prompt.kept, negative: negative.kept },
  };
}

const keyOf = ({ node, input }: SlotRef) => JSON.stringify([node, input]);

function without(texts: FoundText[], others: FoundText[]): FoundText[] {
  const keys = new Set(others.map(({ slot }) => keyOf(slot)));
  return texts.filter(({ slot }) => !keys.has(keyOf(slot)));
}

/** The first sampler of a chain comes first: what a later one is told is for details. */
function firstOfChain(workflow: Workflow, makers: string[]): string[] {
  const all = new Set(makers);
  const first = makers.find((id) => !hasUpstream(workflow, id, all));
  return first === undefined ? makers : [first, ...makers.filter((id) => id !== first)];
}

function hasUpstream(workflow: Workflow, start: string, wanted: Set<string>): boolean {
  const queue = [start];
  const seen = new Set(queue);
  for (const id of queue) {
    for (const [, [source]] of linksOf(workflow[id]!.inputs)) {
      if (wanted.has(source)) return true;
      if (seen.has(source) || !hasNode(workflow, source)) continue;
      seen.add(source);
      queue.push(source);
    }
  }
  return false;
}

/**
 * The likeliest text, what it is for the other text encoders of its node, and the same words elsewhere; the others
 * are kept.
 */
function pickMain(texts: FoundText[]): { taken: SlotRef[]; kept: SlotRef[] } {
  const heads = new Map<string, FoundText>();
  for (const one of texts) {
    const before = heads.get(one.branch);
    if (before === undefined || one.rank < before.rank) heads.set(one.branch, one);
  }
  // A title decides between the texts that are joined into one, not between encoders.
  const order = ({ rank }: FoundText) => Math.ceil(rank);
  const isBlank = ({ value }: FoundText) => value.trim() === '';
  const likeliest = Math.min(...[...heads.values()].map(order));
  const first = [...heads.values()].find((one) => order(one) === likeliest);
  const isPartOf = (one: FoundText) => one.encoder === first?.encoder && isEncoderText(one.branch);
  const main = [...heads.values()].find((one) => isPartOf(one) && !isBlank(one)) ?? first;
  const isTaken = (one: FoundText): boolean => {
    if (main === undefined) return false;
    const isHead = keyOf(heads.get(one.branch)!.slot) === keyOf(one.slot);
    if (one.value === main.value) return isHead || !isBlank(one);
    return isPartOf(one) && isHead && isBlank(one) === isBlank(main);
  };
  const taken = unique(texts.filter(isTaken));
  const keys = new Set(taken.map(keyOf));
  const rest = unique(texts.filter((one) => !isBlank(one)));
  return { taken, kept: rest.filter((slot) => !keys.has(keyOf(slot))) };
}

const unique = (texts: FoundText[]): SlotRef[] => [
  ...new Map(texts.map(({ slot }) => [keyOf(slot), slot])).values(),
];
