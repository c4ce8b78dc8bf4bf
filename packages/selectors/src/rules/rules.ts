import { defineSelector, type SelectorV1, type Warning } from 'comfygen/plugin';
import { explainChoice, explainFlow } from './explain.ts';
import { labelPrompt } from './label-prompt.ts';
import { type RulesOptions, readOptions } from './options.ts';
import { defaultFlow, rankFlows } from './rank-flows.ts';

/**
 * A selector that reads the prompt's words: labels and traits by a lexicon, matched with the flows'
 * own tags. Needs no scores, no network and no model; equal requests give equal bytes. Scores are the
 * share of what could be matched, 0 to 1, not a prediction of quality, so `interval` is `null`.
 * A prompt that no rule knows gives 0 throughout. Unknown prompts and ties go to `default`. English only. Throws INVALID_OPTIONS.
 */
export function rules(options: RulesOptions = {}): SelectorV1 {
  const { default: wanted, rules: hostRules = [] } = readOptions(options);
  const selector = defineSelector({
    name: 'rules',
    supports: { deterministic: true, learn: false, network: false, parts: true },
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
