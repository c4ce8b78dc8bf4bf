import type { Brief, Flow } from 'comfygen/plugin';
import { type PromptLabels, partsOf } from './label-prompt.ts';
import type { HostRule } from './options.ts';
import { wordsOf } from './phrases.ts';
import { asksOf, mostPoints, weighFlow } from './weigh-flow.ts';

/** A flow with all that speaks for it. */
export interface Candidate {
  flow: Flow;
  points: number;
  /** 0 to 1: the share of what could be had for this prompt. */
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

/** Best first; equal ones by: the default, tagged `general`, the cheaper, the id. */
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
export function rulesThatHold(
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
export function prefers({ prefer }: HostRule, flow: Flow): boolean {
  if (prefer.flows?.includes(flow.id)) return true;
  return prefer.tags?.some((tag) => flow.tags.includes(tag)) ?? false;
}
