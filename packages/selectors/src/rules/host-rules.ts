import type { Brief, Flow } from 'comfygen/plugin';
import { type PromptLabels, partsOf } from './label-prompt.ts';
import type { HostRule } from './options.ts';
import { wordsOf } from './words.ts';

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
