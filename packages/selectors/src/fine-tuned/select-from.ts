import type { RankedFlow, Selection, SelectorRequest, Warning } from 'comfygen/plugin';
import type { Answer } from './ask-model.ts';
import { type Choice, chooseFlow } from './choose-flow.ts';
import { formatScore } from './encoding.ts';
import type { Settings } from './options.ts';
import { orderFlows, rankFrom } from './rank-flows.ts';

/** What was asked. */
export interface Asked {
  settings: Settings;
  target: number;
  labels: string[];
  /** Flows that the request described. */
  described: string[];
}

/** As much of a reply as evidence holds. */
const MOST_SHOWN = 500;

/** The selection that a model's answer, or the lack of one, comes to. */
export function selectFrom(answer: Answer, request: SelectorRequest, asked: Asked): Selection {
  const { settings, target, labels, described } = asked;
  const choice = choiceOf(answer, request, settings);
  const warnings = [...answer.warnings, ...choice.warnings];
  const standings = orderFlows(request.flows, settings.scores);
  const score = formatScore(target, settings.scoreStep);
  const first = choice.flow ? chosen(choice, score) : fallback(standings[0]!, warnings);
  return {
    ranked: rankFrom(first, standings),
    labels,
    reason: first.reason,
    ...(answer.usage === undefined ? {} : { usage: answer.usage }),
    evidence: {
      target: Number(score),
      kind: choice.flow ? choice.kind : 'fallback',
      distance: choice.flow ? choice.distance : null,
      described,
      model: answer.reply?.model ?? null,
      reply: answer.reply?.text.slice(0, MOST_SHOWN) ?? null,
    },
    warnings,
  };
}

function choiceOf(
  { reply }: Answer,
  request: SelectorRequest,
  settings: Settings,
): ReturnType<typeof chooseFlow> {
  // Why there is no reply was said when it was asked for.
  if (reply === undefined) return { flow: undefined, warnings: [] };
  if (reply.stop === 'refusal') {
    const message = `${reply.model} declined to answer.`;
    return { flow: undefined, warnings: [{ code: 'model-refused', message }] };
  }
  return chooseFlow({ text: reply.text, isCut: reply.stop === 'length' }, request, settings);
}

function chosen({ flow, kind, distance, graph, warnings }: Choice, score: string): RankedFlow {
  const reason = {
    named: `Asked for a score of ${score}, the model chose ${flow.id}.`,
    written: `Asked for a score of ${score}, the model wrote the workflow of ${flow.id}.`,
    new: `Asked for a score of ${score}, the model wrote a workflow of its own; ${flow.id} is the nearest flow, at a distance of ${distance}.`,
    nearest: warnings.at(-1)?.message ?? '',
  }[kind];
  const ranked = { flowId: flow.id, score: null, interval: null, probability: 1, reason };
  return graph ? { ...ranked, workflow: graph.workflow, slots: graph.slots } : ranked;
}

function fallback(
  { flow, mean, count }: ReturnType<typeof orderFlows>[number],
  warnings: readonly Warning[],
): RankedFlow {
  // The last that was said is why there is no choice.
  const why = warnings.at(-1)?.message ?? 'The model gave no answer.';
  const taken =
    mean === undefined
      ? `${flow.id} is taken, the first on offer.`
      : `${flow.id} is taken, whose mean is the best: ${Number(mean.toPrecision(3))} over ${count} prompts.`;
  return {
    flowId: flow.id,
    score: null,
    interval: null,
    probability: 1,
    reason: `${why} ${taken}`,
  };
}
