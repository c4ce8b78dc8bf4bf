import type { Selection } from 'comfygen/plugin';
import type { Answer } from '../language-model/question.ts';
import type { Catalogue } from './catalogue.ts';
import { type ChoiceCase, rankAll, short } from './choice-case.ts';
import type { Choice } from './read-choice.ts';

/** The selection for a model's choice, with scores and gain from the table. */
export function chooseWith(
  choiceCase: ChoiceCase,
  catalogue: Catalogue,
  answer: Extract<Answer<Choice>, { value: Choice }>,
): Selection {
  const { request, settings, table, hints } = choiceCase;
  const { value: choice, reply } = answer;
  const ids = request.flows.map(({ id }) => id);
  const seen = choice.labels.length > 0 ? choice.labels : [...hints];
  const labels = table?.known(seen) ?? seen;
  const ranked = rankAll(choiceCase, choice.ranked, labels);
  const first = ranked[0]!;
  const gain = table?.gain(first.flowId, ids, labels);
  const over =
    gain === undefined || gain.over === first.flowId
      ? ''
      : `, ${short(gain.mean)} more than ${gain.over}, the best over all prompts`;
  const facts =
    first.score === null
      ? 'It has no scores; the model went by what it is.'
      : `The table has it at ${short(first.score)} over ${labels.join(', ') || 'all prompts'}${over}.`;
  return {
    ranked,
    labels: seen,
    reason: `${reply.model} chose ${first.flowId}: ${first.reason} ${facts}`,
    ...(gain === undefined ? {} : { gain }),
    ...(answer.usage === undefined ? {} : { usage: answer.usage }),
    evidence: {
      model: reply.model,
      confidence: choice.confidence,
      basis: first.score === null ? 'cards' : 'scores',
      table: settings.scores?.hash ?? null,
      rows: catalogue.rows.length,
      chosen: choice.ranked.map(({ flow }) => flow.id),
      hints: [...hints],
    },
    warnings: answer.warnings,
  };
}
