import type { CallContext, Selection } from 'comfygen/plugin';
import { failureWarning, throwLasting } from '../language-model/failures.ts';
import type { Answer } from '../language-model/question.ts';
import { addUsage } from '../language-model/usage.ts';
import { rules } from '../rules/rules.ts';
import { type ChoiceCase, rankAll } from './choice-case.ts';

/**
 * The selection of the fallback, which states why the model's is missing. @throws what the model threw, where another
 * attempt can't help
 */
export async function chooseWithout(
  choiceCase: ChoiceCase,
  { failure, usage, warnings }: Extract<Answer<unknown>, { failure: unknown }>,
  ctx: CallContext,
): Promise<Selection> {
  throwLasting(failure);
  const { by, selection } = await fallBack(choiceCase, ctx);
  const message = `${failure.message} ${by} chose instead.`;
  // The fallback may have paid for itself.
  const paid = addUsage(selection.usage, usage);
  return {
    ...selection,
    reason: `${failure.message} ${by} chose instead: ${selection.reason}`,
    ...(paid === undefined ? {} : { usage: paid }),
    evidence: {
      ...selection.evidence,
      fallback: by,
      failure: failure.error?.code ?? failure.code,
    },
    warnings: [...warnings, failureWarning({ ...failure, message }), ...selection.warnings],
  };
}

async function fallBack(
  choiceCase: ChoiceCase,
  ctx: CallContext,
): Promise<{ by: string; selection: Selection }> {
  const { request, settings, table } = choiceCase;
  if (settings.fallback !== undefined) {
    return { by: settings.fallback.name, selection: await settings.fallback.select(request, ctx) };
  }
  const isCovered = request.flows.some(({ id }) => table?.has(id));
  if (isCovered) return { by: 'The score table', selection: chooseByTable(choiceCase) };
  return { by: 'rules', selection: await rules().select(request, ctx) };
}

/** The flow with the best mean over the labels that are known. */
function chooseByTable(choiceCase: ChoiceCase): Selection {
  const { request, table, hints, settings } = choiceCase;
  const labels = table!.known(hints);
  const ranked = rankAll(choiceCase, [], labels);
  const { flowId, reason } = ranked[0]!;
  const gain = table!.gain(
    flowId,
    request.flows.map(({ id }) => id),
    labels,
  );
  return {
    ranked,
    labels: [...hints],
    reason: `${flowId}. ${reason}`,
    ...(gain === undefined ? {} : { gain }),
    evidence: { basis: 'scores', table: settings.scores!.hash, hints: [...hints] },
    warnings: [],
  };
}
