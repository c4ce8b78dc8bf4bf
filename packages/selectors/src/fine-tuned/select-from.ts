import type { RankedFlow, Selection } from 'comfygen/plugin';
import { failureWarning } from '../language-model/failures.ts';
import type { Answer } from '../language-model/question.ts';
import type { Choice } from './choose-flow.ts';
import { formatScore } from './encoding.ts';
import type { Settings } from './options.ts';
import { rankFrom, type Standing } from './rank-flows.ts';

/** One request to the model and what it was about. */
export interface Asked {
  settings: Settings;
  target: number;
  labels: string[];
  /** Ids of the flows that the request described. */
  described: string[];
  /** The flows on offer, the fallback first. */
  standings: readonly Standing[];
}

/** As much of a reply as evidence holds. */
const MOST_SHOWN = 500;

/** The selection made from a model's answer, or from the fallback where there is none. */
export function selectFrom(
  answer: Answer<Choice>,
  { settings, target, labels, described, standings }: Asked,
): Selection {
  const { reply, usage, warnings } = answer;
  const choice = 'value' in answer ? answer.value : undefined;
  const score = formatScore(target, settings.scoreStep);
  const first =
    'value' in answer
      ? chosen(answer.value, score)
      : fallback(standings[0]!, answer.failure.message);
  return {
    ranked: rankFrom(first, standings),
    labels,
    reason: first.reason,
    ...(usage === undefined ? {} : { usage }),
    evidence: {
      target: Number(score),
      kind: choice?.kind ?? 'fallback',
      distance: choice?.distance ?? null,
      described,
      model: reply?.model ?? null,
      reply: reply?.text.slice(0, MOST_SHOWN) ?? null,
    },
    warnings: 'failure' in answer ? [...warnings, failureWarning(answer.failure)] : warnings,
  };
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

function fallback({ flow, mean, count }: Standing, why: string): RankedFlow {
  const taken =
    mean === undefined
      ? `${flow.id} is taken, as the rules choose.`
      : `${flow.id} is taken, whose mean is the best: ${Number(mean.toPrecision(3))} over ${count} prompts.`;
  return {
    flowId: flow.id,
    score: null,
    interval: null,
    probability: 1,
    reason: `${why} ${taken}`,
  };
}
