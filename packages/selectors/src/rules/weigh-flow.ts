import type { BriefParts, Flow } from 'comfygen/plugin';
import type { PromptLabels } from './label-prompt.ts';
import { GENRES } from './lexicon/genres.ts';

/**
 * How much each kind of tag decides. A layout made for the words of the prompt (two objects, a count)
 * comes before a style, a style before lettering, that before a category, that before labels.
 */
const WORTH = {
  /** A flow whose `needs` are met by a stated place or number. */
  layout: 10,
  /** The same for things that are only named together ("and", "with"). */
  together: 6,
  /** Tagged `two-objects` or `counting` without `needs`. */
  manyThings: 2,
  style: 5,
  fast: 5,
  lettering: 4,
  category: 3,
  /** A genre needs a model that has learnt it, more than any thing in the picture does. */
  genre: 4,
  medium: 1.5,
  subject: 1,
  detail: 0.75,
  single: 0.25,
  general: 0.2,
} as const;

/** What a specialist loses where nobody asked for its speciality. */
const UNASKED: { readonly [kind: string]: number } = {
  style: 1.5,
  category: 1,
  fast: 0.3,
  detail: 0.2,
};
const UNMET = 4;

const media = new Set(['photo-realistic', 'photo-artistic', 'digital-art']);
const genres = new Set(GENRES.map((entry) => entry.tag).filter((tag) => tag !== 'portrait'));
// Labels of either kind share one sum.
const labelKinds = new Set(['genre', 'medium', 'subject']);

/** A tag that a prompt speaks for, and what a flow gets for carrying it. */
interface Ask {
  tag: string;
  worth: number;
  isLabel: boolean;
}

/** What a prompt asks of flows, by tag. */
export type Asks = ReadonlyMap<string, Ask>;

/** How well one flow fits, and by which tags. */
export interface Weighed {
  points: number;
  tags: string[];
}

function kindOf(tag: string): keyof typeof WORTH {
  if (tag.startsWith('style:')) return 'style';
  if (tag.startsWith('category:')) return 'category';
  if (tag === 'two-objects' || tag === 'counting') return 'manyThings';
  if (tag === 'text-rendering') return 'lettering';
  if (tag === 'high-detail') return 'detail';
  if (tag === 'single-object') return 'single';
  if (tag === 'fast' || tag === 'general') return tag;
  if (media.has(tag)) return 'medium';
  return genres.has(tag) ? 'genre' : 'subject';
}

/** What the labels and traits of a prompt are worth to flows that carry them. */
export function asksOf({ labels, traits }: PromptLabels): Asks {
  const asks = new Map<string, Ask>();
  for (const { label, weight } of labels) {
    asks.set(label, { tag: label, worth: weight * WORTH[kindOf(label)], isLabel: true });
  }
  for (const { trait, weight } of traits) {
    asks.set(trait, { tag: trait, worth: weight * WORTH[kindOf(trait)], isLabel: false });
  }
  return asks;
}

/** The most points that a flow could get for what is asked. */
export function mostPoints(asks: Asks, parts: BriefParts): number {
  let sum = WORTH.general;
  for (const { tag, worth } of asks.values()) {
    sum += kindOf(tag) === 'manyThings' ? layoutWorth(parts) : worth;
  }
  return sum;
}

const layoutWorth = ({ count, relation }: BriefParts) =>
  count === 1 && (relation === 'beside' || relation === null) ? WORTH.together : WORTH.layout;

/** Weighs a flow's own tags against what a prompt asks for. */
export function weighFlow(flow: Flow, asks: Asks, parts: BriefParts): Weighed {
  const tags: string[] = [];
  let points = 0;
  let labelPoints = 0;
  let labels = 0;
  const isMet = meetsNeeds(flow, parts);
  for (const tag of flow.tags) {
    const kind = kindOf(tag);
    const ask = asks.get(tag);
    if (labelKinds.has(kind)) labels += 1;
    if (kind === 'general') points += WORTH.general;
    if (ask === undefined || (kind === 'manyThings' && !isMet)) {
      points -= UNASKED[kind] ?? 0;
      continue;
    }
    tags.push(tag);
    if (labelKinds.has(kind)) labelPoints += ask.worth;
    else if (kind === 'manyThings' && hasNeeds(flow)) points += layoutWorth(parts);
    else points += ask.worth;
  }
  // As in a cosine: a flow that carries every label is made for none of them.
  points += labelPoints / Math.sqrt(Math.max(1, labels));
  if (!isMet) points -= UNMET;
  return { points, tags };
}

const hasNeeds = ({ needs }: Flow) =>
  needs.subjects !== undefined || needs.relations !== undefined || needs.count !== undefined;

function meetsNeeds({ needs }: Flow, { subjects, relation, count }: BriefParts): boolean {
  if (needs.subjects !== undefined && needs.subjects !== subjects.length) return false;
  if (needs.relations !== undefined && !needs.relations.some((word) => word === relation)) {
    return false;
  }
  return needs.count === undefined || needs.count === count;
}
