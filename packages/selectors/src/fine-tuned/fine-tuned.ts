import {
  defineSelector,
  type Flow,
  type LanguageRequest,
  type Selection,
  type SelectorRequest,
  type SelectorV1,
  type Warning,
} from 'comfygen/plugin';
import { askOnce } from '../language-model/ask-once.ts';
import { throwLasting } from '../language-model/failures.ts';
import type { ModelReply, Reading } from '../language-model/question.ts';
import { type Choice, chooseFlow } from './choose-flow.ts';
import { describeFiles, describeFlows } from './describe-flows.ts';
import { writeQuestion } from './encoding.ts';
import { type FineTunedOptions, PART, readOptions, type Settings, targetOfRun } from './options.ts';
import { orderFlows } from './rank-flows.ts';
import { selectFrom } from './select-from.ts';
import { targetFor } from './target-score.ts';

/** Flows that one request describes at most: what is new should be little. */
const MOST_DESCRIBED = 20;

/**
 * A selector that asks a language model which was fine-tuned on (prompt, score) → flow for the flow that gets a high
 * score. Whatever comes back, the choice is a flow on offer: an id is looked up; a workflow is parsed, sanitised,
 * validated, held to the safety policy and run as written, or the nearest flow is taken and the distance said. No
 * reply, or one without a flow in it, takes the best flow of `scores`, else what `rules` chooses, with a warning.
 * The target of one run goes into `options['fine-tuned'].target`.
 *
 * Throws INVALID_OPTIONS and INVALID_SCORES when it is made. A choice throws what the model throws where another
 * attempt can't help (AUTH, FORBIDDEN, PAYMENT, MISSING_SETTING, …); a model that is overloaded, late or out of reach
 * means the fallback.
 */
export function fineTuned(options: FineTunedOptions): SelectorV1 {
  const settings = readOptions(options);
  return defineSelector({
    name: PART.name,
    runOptions: { [PART.name]: ['target'] },
    supports: { network: true, parts: true },
    async select(request, ctx) {
      ctx.signal.throwIfAborted();
      const { brief, flows } = request;
      const labels = [...(await settings.labelWith(brief.prompt, ctx))];
      const target = targetOfRun(brief) ?? targetFor(settings.target, labels);
      const [only, another] = flows;
      if (only === undefined) {
        const message = 'No flow was offered to the selector.';
        return { ranked: [], labels, reason: message, warnings: [{ code: 'no-flows', message }] };
      }
      if (another === undefined) return chooseOnly(only, labels);
      const { described, warnings, ...asked } = writeRequest(request, target, settings);
      const { llm, cache, timeoutMs } = settings;
      const read = (reply: ModelReply) => readChoice(reply, request, settings);
      const answer = await askOnce({ llm, cache, timeoutMs, request: asked.request, read }, ctx);
      if ('failure' in answer) throwLasting(answer.failure);
      const standings = await orderFlows(request, settings.scores, ctx);
      const facts = { settings, target, labels, described, standings };
      const selection = selectFrom(answer, facts);
      return { ...selection, warnings: [...warnings, ...selection.warnings] };
    },
  });
}

function chooseOnly(flow: Flow, labels: string[]): Selection {
  const reason = `${flow.id} is the only flow on offer; the model was not asked.`;
  const first = { flowId: flow.id, score: null, interval: null, probability: 1, reason };
  return { ranked: [first], labels, reason, warnings: [] };
}

function readChoice(
  { text, stop }: ModelReply,
  request: SelectorRequest,
  settings: Settings,
): Reading<Choice> {
  const choice = chooseFlow({ text, isCut: stop === 'length' }, request, settings);
  return 'faults' in choice ? choice : { value: choice, warnings: choice.warnings };
}

interface WrittenQuestion {
  request: LanguageRequest;
  described: string[];
  warnings: Warning[];
}

function writeRequest(
  { brief, flows }: SelectorRequest,
  target: number,
  settings: Settings,
): WrittenQuestion {
  const known = settings.known && new Set(settings.known.map((flow) => flow.id));
  const strange = known ? flows.filter((flow) => !known.has(flow.id)) : [];
  const described = strange.slice(0, MOST_DESCRIBED);
  const context = [
    ...(settings.output === 'workflow' ? describeFiles(settings.newFiles) : []),
    ...describeFlows(described, settings.output),
  ];
  const warnings: Warning[] = [];
  if (described.length < strange.length) {
    const left = strange.slice(MOST_DESCRIBED).map((flow) => flow.id);
    const message = `${strange.length} flows are new to the model; ${left.length} of them were not described to it: ${left.join(', ')}.`;
    warnings.push({ code: 'flows-not-described', message, details: { flows: left } });
  }
  const request: LanguageRequest = {
    system: [{ text: settings.system, cache: true }],
    messages: [{ role: 'user', content: writeQuestion(brief.prompt, target, settings, context) }],
    maxTokens: settings.maxTokens,
    temperature: 0,
  };
  // Where the server can't hold the reply to it, words about a schema would only lead away from the training lines.
  if (settings.output === 'flow-id' && settings.llm.supports.structured) {
    request.schema = { name: 'flow', schema: idSchema(flows) };
  }
  return { request, described: described.map((flow) => flow.id), warnings };
}

function idSchema(flows: readonly Flow[]) {
  return {
    type: 'object',
    properties: { flow: { type: 'string', enum: flows.map((flow) => flow.id) } },
    required: ['flow'],
    additionalProperties: false,
  };
}
