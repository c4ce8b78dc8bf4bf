import type { Flow, RankedFlow, SelectorRequest } from 'comfygen/plugin';
import type { Settings } from './options.ts';
import type { TableView } from './table-view.ts';

/** One choice to be made, with what is known before a model is asked. */
export interface ChoiceCase {
  request: SelectorRequest;
  settings: Settings;
  table: TableView | undefined;
  /** Labels that were read in the prompt beforehand. */
  hints: readonly string[];
  /** Orders flows by how well what they are made for fits the prompt. */
  byFit(flows: readonly Flow[]): readonly Flow[];
}

/**
 * The chosen flows first, then all others that are on offer: by the table for the labels, the unscored ones by their
 * fit.
 */
export function rankAll(
  { request: { flows }, table, byFit }: ChoiceCase,
  chosen: readonly { flow: Flow; reason: string }[],
  labels: readonly string[],
): RankedFlow[] {
  const ids = flows.map(({ id }) => id);
  const byTable = table?.rank(ids, labels) ?? [];
  const scores = new Map(byTable.map(({ flowId, score }) => [flowId, sixDigits(score)]));
  const unscored = flows.filter(({ id }) => !scores.has(id));
  const reasons = new Map(chosen.map(({ flow, reason }) => [flow.id, reason]));
  const under = labels.length === 0 ? 'all prompts' : labels.join(', ');
  const reasonOf = (flowId: string) => {
    if (reasons.has(flowId)) return reasons.get(flowId) || 'The model gave no reason.';
    const score = scores.get(flowId);
    return score === undefined
      ? 'It has no scores yet; it stands by what it is made for.'
      : `The table has it at ${short(score)} over ${under}.`;
  };
  const order = new Set([
    ...reasons.keys(),
    ...scores.keys(),
    ...byFit(unscored).map(({ id }) => id),
  ]);
  return [...order].map((flowId, index) => ({
    flowId,
    score: scores.get(flowId) ?? null,
    interval: null,
    probability: index === 0 ? 1 : 0,
    reason: reasonOf(flowId),
  }));
}

const sixDigits = (value: number) => Number(value.toPrecision(6));

/** A score rounded to three digits, for people. */
export const short = (score: number) => String(Number(score.toPrecision(3)));
