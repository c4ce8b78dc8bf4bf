import type { Brief, BriefParts, Flow } from 'comfygen/plugin';
import { type PromptLabels, partsOf } from './label-prompt.ts';
import { GENRES } from './lexicon/genres.ts';
import type { HostRule } from './options.ts';
import { wordsOf } from './phrases.ts';

/** A flow with its score and what speaks for it. */
export interface Candidate {
  flow: Flow;
  points: number;
  /** The share of the points that a flow could get for this prompt, 0 to 1. */
  score: number;
  /** The flow's tags that the prompt asks for. */
  tags: string[];
  /** The host's rules that speak about it. */
  rules: HostRule[];
}

/** The flow for prompts that say nothing: the host's, else the first tagged `general`, else the first id. */
export function defaultFlow(flows: readonly Flow[], wanted: string | undefined): string {
  const ids = flows.map((flow) => flow.id).sort();
  if (wanted !== undefined && ids.includes(wanted)) return wanted;
  const general = flows.filter((flow) => flow.tags.includes('general')).map((flow) => flow.id);
  return general.sort()[0] ?? ids[0]!;
}

/** The flows, best first; equal ones by: the default, tagged `general`, the cheaper, the id. */
export function rankFlows(
  flows: readonly Flow[],
  brief: Brief,
  seen: PromptLabels,
  hostRules: readonly HostRule[],
  defaultId: string,
): Candidate[] {
  const asks = asksOf(seen);
  const parts = partsOf(brief);
  const most = mostPoints(asks, parts);
  const holding = rulesThatHold(hostRules, brief, seen);
  const isUnknown = [...asks.keys()].every((tag) => tag === 'single-object');
  const candidates = flows.map((flow): Candidate => {
    const { points, tags } = weighFlow(flow, asks, parts);
    const rules = holding.filter((rule) => prefers(rule, flow));
    const extra = rules.reduce((sum, rule) => sum + rule.weight, 0);
    // Where nothing is known about a prompt, the default comes before any specialist.
    const known = isUnknown && flow.id === defaultId ? points + 1 : points;
    const total = Math.round((known + extra) * 1e6) / 1e6;
    const share = isUnknown && rules.length === 0 ? 0 : Math.min(Math.max(total / most, 0), 1);
    const score = Math.round(share * 1000) / 1000;
    return { flow, points: total, score, tags, rules };
  });
  const tieBreak = (a: Candidate, b: Candidate) =>
    Number(b.flow.id === defaultId) - Number(a.flow.id === defaultId) ||
    Number(b.flow.tags.includes('general')) - Number(a.flow.tags.includes('general')) ||
    cost(a) - cost(b) ||
    (a.flow.id < b.flow.id ? -1 : 1);
  return candidates.sort((a, b) => b.points - a.points || tieBreak(a, b));
}

// An unknown cost stands behind every known one; equal infinities must not give NaN.
const cost = ({ flow }: Candidate) => flow.cost.relative ?? Number.MAX_VALUE;

/** The host's rules whose conditions a brief meets, in the order given. */
function rulesThatHold(
  rules: readonly HostRule[],
  brief: Brief,
  { labels, traits }: PromptLabels,
): HostRule[] {
  if (rules.length === 0) return [];
  const seen = new Set([...labels.map((item) => item.label), ...traits.map((item) => item.trait)]);
  // Clause ends count as a word, so that no phrase reaches across them.
  const text = ` ${wordsOf(brief.prompt).join(' ')} `;
  const parts = partsOf(brief);
  return rules.filter(({ when }) => {
    if (when.labels !== undefined && !when.labels.every((label) => seen.has(label))) return false;
    if (when.words !== undefined && !when.words.some((phrase) => holds(text, phrase))) return false;
    if (when.count !== undefined && when.count !== parts.count) return false;
    return when.relation === undefined || when.relation === parts.relation;
  });
}

const holds = (text: string, phrase: string) => text.includes(` ${wordsOf(phrase).join(' ')} `);

/** Whether a rule speaks about a flow. */
function prefers({ prefer }: HostRule, flow: Flow): boolean {
  if (prefer.flows?.includes(flow.id)) return true;
  return prefer.tags?.some((tag) => flow.tags.includes(tag)) ?? false;
}

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
type Asks = ReadonlyMap<string, Ask>;

/** How well one flow fits, and by which tags. */
interface Weighed {
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
function asksOf({ labels, traits }: PromptLabels): Asks {
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
function mostPoints(asks: Asks, parts: BriefParts): number {
  let sum = WORTH.general;
  for (const { tag, worth } of asks.values()) {
    sum += kindOf(tag) === 'manyThings' ? layoutWorth(parts) : worth;
  }
  return sum;
}

const layoutWorth = ({ count, relation }: BriefParts) =>
  count === 1 && (relation === 'beside' || relation === null) ? WORTH.together : WORTH.layout;

/** Weighs a flow's own tags against what a prompt asks for. */
function weighFlow(flow: Flow, asks: Asks, parts: BriefParts): Weighed {
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
