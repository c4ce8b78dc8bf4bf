import type { CallContext, Selection } from 'comfygen/plugin';
import { rules } from '../rules/rules.ts';
import type { Answer, AskFailure } from './ask-model.ts';
import { type ChoiceCase, rankAll } from './choice-case.ts';
import type { Choice } from './read-choice.ts';
import { addUsage } from './usage.ts';

/** The stated fallback. @throws what the model threw, where another attempt can't help */
export async function chooseWithout(
  choiceCase: ChoiceCase,
  failure: AskFailure,
  { usage, warnings }: Answer<Choice>,
  ctx: CallContext,
): Promise<Selection> {
  const { code, message, error } = failure;
  // A wrong key or name must be seen, and not be hidden behind a worse choice for ever.
  if (error !== undefined && !error.retryable && error.code !== 'PAYLOAD_TOO_LARGE') throw error;
  const { by, selection } = await fallBack(choiceCase, ctx);
  const retryAfterMs = error?.retryAfterMs;
  // The fallback may have paid for itself.
  const paid = usage === undefined ? selection.usage : addUsage(selection.usage, usage);
  return {
    ...selection,
    reason: `${message} ${by} chose instead: ${selection.reason}`,
    ...(paid === undefined ? {} : { usage: paid }),
    evidence: { ...selection.evidence, fallback: by, failure: error?.code ?? code },
    warnings: [
      ...warnings,
      {
        code,
        message: `${message} ${by} chose instead.`,
        details: { error: error?.code ?? null, retryAfterMs: retryAfterMs ?? null },
      },
      ...selection.warnings,
    ],
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
