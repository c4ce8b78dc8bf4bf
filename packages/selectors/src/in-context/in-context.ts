import {
  defineSelector,
  type Flow,
  type Selection,
  type SelectorV1,
  type Warning,
} from 'comfygen/plugin';
import type { Question } from '../language-model/question.ts';
import { LABELS, labelPrompt } from '../rules/label-prompt.ts';
import { rankFlows } from '../rules/rank-flows.ts';
import { askWithRepair } from './ask-with-repair.ts';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import { type ChoiceCase, rankAll } from './choice-case.ts';
import { choiceRequest } from './choice-request.ts';
import { chooseWith } from './choose-with.ts';
import { chooseWithout } from './choose-without.ts';
import { type InContextOptions, readOptions } from './options.ts';
import { type Choice, readChoice } from './read-choice.ts';
import { readJson } from './read-json.ts';
import { viewTable } from './table-view.ts';

const LONGEST_PROMPT = 10_000;

/**
 * A selector that lets a language model choose (ComfyGen-IC): it reads a card of each flow and, where there are
 * scores, a compact table of what was liked under which label. One request a prompt; a reply that can't be used is
 * asked for once more with what was wrong, then `fallback` chooses and the selection says so. Nothing that a prompt
 * says makes it leave the offer. `score` is the table's mean over the labels, `null` without scores; `usage` is what
 * was paid; `gain` is how much better than the best single flow the table expects it to be.
 *
 * Throws INVALID_OPTIONS and INVALID_SCORES when it is made. A choice throws what the model throws where another
 * attempt can't help (AUTH, FORBIDDEN, PAYMENT, MISSING_SETTING, …); a model that is overloaded, late or out of reach
 * means the fallback.
 */
export function inContext(options: InContextOptions): SelectorV1 {
  const settings = readOptions(options);
  const table = settings.scores && viewTable(settings.scores);
  return defineSelector({
    name: 'in-context',
    runOptions: { 'in-context': [] },
    supports: { network: true, parts: true },
    async select(request, ctx) {
      ctx.signal.throwIfAborted();
      const { brief, flows } = request;
      if (flows.length === 0) return nothingOffered();
      const hints = [...new Set(await settings.labelWith(brief.prompt, ctx))];
      const byFit = (some: readonly Flow[]) =>
        rankFlows(some, brief, labelPrompt(brief.prompt, brief.parts), [], '').map(
          (one) => one.flow,
        );
      const choiceCase: ChoiceCase = { request, settings, table, hints, byFit };
      if (flows.length === 1) return onlyFlow(choiceCase);
      const catalogue = catalogueOf(choiceCase);
      const answer = await askWithRepair(questionOf(choiceCase, catalogue), ctx);
      const selection =
        'value' in answer
          ? chooseWith(choiceCase, catalogue, answer)
          : await chooseWithout(choiceCase, answer, ctx);
      return { ...selection, warnings: [...warningsOf(choiceCase), ...selection.warnings] };
    },
  });
}

function nothingOffered(): Selection {
  const warnings = [{ code: 'no-flows', message: 'No flow was offered to the selector.' }];
  return { ranked: [], labels: [], reason: 'No flow was offered to choose from.', warnings };
}

function onlyFlow(choiceCase: ChoiceCase): Selection {
  const [flow] = choiceCase.request.flows;
  const reason = `${flow!.id} is the only flow on offer; no model was asked.`;
  const labels = [...choiceCase.hints];
  const ranked = rankAll(
    choiceCase,
    [{ flow: flow!, reason }],
    choiceCase.table?.known(labels) ?? [],
  );
  return { ranked, labels, reason, warnings: [] };
}

/** Of the library, so that it stays the same from prompt to prompt, where that shows enough of what is on offer. */
function catalogueOf({ request: { flows }, settings, byFit }: ChoiceCase): Catalogue {
  const { flows: library, maxRows, scores: table } = settings;
  const offered = new Set(flows.map(({ id }) => id));
  if (library !== undefined) {
    const page = createCatalogue({ flows: library, table, maxRows, byFit });
    const shown = page.rows.filter(({ id }) => offered.has(id)).length;
    if (shown >= Math.min(flows.length, maxRows / 2)) return page;
  }
  return createCatalogue({ flows, table, maxRows, byFit });
}

function questionOf(
  { request, settings, table, hints }: ChoiceCase,
  catalogue: Catalogue,
): Question<Choice> {
  const { llm, cache, timeoutMs, choices, scores, maxTokens, temperature } = settings;
  const { rows } = catalogue;
  const offered = new Set(request.flows.map(({ id }) => id));
  const named = scores?.labels.map(({ label }) => label) ?? [];
  const labels = named.length === 0 ? LABELS : named;
  const known = table?.known(hints) ?? [...hints];
  const asked = choiceRequest({
    prompt: request.brief.prompt.slice(0, LONGEST_PROMPT),
    catalogue,
    offered,
    labels,
    hints: known,
    ranking: table?.rank([...offered], known) ?? [],
    choices,
  });
  return {
    llm,
    cache,
    timeoutMs,
    request: { ...asked, maxTokens, temperature },
    read: ({ text }) => readChoice(readJson(text), { rows, offered, labels, choices }),
  };
}

function warningsOf({ request: { brief, flows }, table }: ChoiceCase): Warning[] {
  const warnings: Warning[] = [];
  if (brief.prompt.length > LONGEST_PROMPT) {
    const message = `The model was shown the first ${LONGEST_PROMPT} of ${brief.prompt.length} characters of the prompt.`;
    warnings.push({ code: 'prompt-truncated', message });
  }
  const unscored = table === undefined ? [] : flows.filter(({ id }) => !table.has(id));
  if (unscored.length > 0) {
    const ids = unscored.map(({ id }) => id);
    const message = `${unscored.length} of ${flows.length} flows on offer have no scores in the table; they were judged by what they are.`;
    warnings.push({ code: 'flows-without-scores', message, details: { flows: ids } });
  }
  return warnings;
}
