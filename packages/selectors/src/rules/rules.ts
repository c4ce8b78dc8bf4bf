import { defineSelector, type SelectorV1, type Warning } from 'comfygen/plugin';
import { labelPrompt, type PromptLabels } from './label-prompt.ts';
import { type RulesOptions, readOptions } from './options.ts';
import { type Candidate, defaultFlow, rankFlows } from './rank-flows.ts';

/**
 * A selector that reads the prompt's words: labels and traits by a lexicon, matched with the flows' own tags. Needs
 * no scores, no network and no model; equal requests give equal bytes. Scores are the share of what could be matched,
 * 0 to 1, not a prediction of quality, so `interval` is `null`. A prompt that no rule knows gives 0 throughout.
 * Unknown prompts and ties go to `default`. English only. Throws INVALID_OPTIONS.
 */
export function rules(options: RulesOptions = {}): SelectorV1 {
  const { default: wanted, rules: hostRules = [] } = readOptions(options);
  const selector = defineSelector({
    name: 'rules',
    runOptions: { rules: [] },
    supports: { deterministic: true, parts: true },
    async select({ brief, flows }, ctx) {
      ctx.signal.throwIfAborted();
      const seen = labelPrompt(brief.prompt, brief.parts);
      const labels = [
        ...seen.labels.map((item) => item.label),
        ...seen.traits.map((item) => item.trait),
      ];
      const warnings = warningsFor(
        flows.map((flow) => flow.id),
        options,
      );
      if (flows.length === 0) {
        return { ranked: [], labels, reason: 'No flow was offered to choose from.', warnings };
      }
      const defaultId = defaultFlow(flows, wanted);
      const candidates = rankFlows(flows, brief, seen, hostRules, defaultId);
      return {
        ranked: candidates.map((candidate, index) => ({
          flowId: candidate.flow.id,
          score: candidate.score,
          interval: null,
          probability: index === 0 ? 1 : 0,
          reason: explainFlow(candidate, defaultId),
        })),
        labels,
        reason: explainChoice(candidates, seen, defaultId),
        evidence: {
          labels: seen.labels.map((item) => ({ ...item })),
          traits: seen.traits.map((item) => ({ ...item })),
          default: defaultId,
          runnerUp: candidates[1]?.flow.id ?? null,
        },
        warnings,
      };
    },
  });
  return selector;
}

function warningsFor(
  ids: readonly string[],
  { default: wanted, rules = [] }: RulesOptions,
): Warning[] {
  if (ids.length === 0)
    return [{ code: 'no-flows', message: 'No flow was offered to the selector.' }];
  const named = [wanted ?? [], rules.flatMap((rule) => rule.prefer.flows ?? [])].flat();
  const absent = [...new Set(named)].filter((id) => !ids.includes(id));
  if (absent.length === 0) return [];
  const message = `Flows that the rules name are not among those that can run: ${absent.join(', ')}.`;
  return [{ code: 'flow-not-offered', message, details: { flows: absent } }];
}

const SHOWN = 3;

/** `fantasy ("dragon", "wizard") and nature ("forest")`. */
function seenText({ labels, traits }: PromptLabels, first: Candidate): string {
  const all = [
    ...traits.map(({ trait, words }) => ({ tag: trait, words })),
    ...labels.map(({ label, words }) => ({ tag: label, words })),
  ].filter(({ tag }) => tag !== 'single-object');
  // What the choice rests on comes first.
  const order = [
    ...all.filter(({ tag }) => first.tags.includes(tag)),
    ...all.filter(({ tag }) => !first.tags.includes(tag)),
  ].slice(0, SHOWN);
  return joined(
    order.map(({ tag, words }) => {
      const named = words
        .slice(0, SHOWN)
        .map((word) => `"${short(word.replace(/^["“]|["”]$/g, ''))}"`);
      return `${nameOf(tag)} (${named.join(', ')})`;
    }),
  );
}

/** `style:ink` is "ink style", `category:food` is "food". */
function nameOf(tag: string): string {
  if (tag.startsWith('style:')) return `${tag.slice(6)} style`;
  return tag.startsWith('category:') ? tag.slice(9) : tag;
}

const short = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

const joined = (items: readonly string[]) =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** Why the first was chosen: the words, the tags, the host's rules. */
function explainChoice(
  ranked: readonly Candidate[],
  seen: PromptLabels,
  defaultId: string,
): string {
  const first = ranked[0]!;
  const id = first.flow.id;
  const what = seenText(seen, first);
  const because = first.rules.map((rule) => rule.because);
  const prompt = what === '' ? 'No rule knows the words of this prompt' : `The prompt says ${what}`;
  const tags = first.tags.filter((tag) => tag !== 'single-object');
  const choice =
    because.length > 0
      ? `${id} is preferred because ${joined(because)}`
      : tags.length > 0
        ? `${id} is made for ${joined(tags.map(nameOf))}`
        : id === defaultId
          ? `${what === '' ? '' : 'no flow is made for that; '}${id} is the default`
          : `${id} fits best`;
  return `${prompt}; ${choice}.`;
}

/** Why a flow stands where it stands. */
function explainFlow({ tags, rules, flow }: Candidate, defaultId: string): string {
  if (rules.length > 0) return joined(rules.map((rule) => rule.because));
  if (tags.length > 0) return `made for ${joined(tags.map(nameOf))}`;
  return flow.id === defaultId ? 'the default' : 'made for nothing that the prompt says';
}
