import type { CallContext, LanguageMessage } from 'comfygen/plugin';
import { askOnce } from '../language-model/ask-once.ts';
import type { Answer, ModelReply, Question } from '../language-model/question.ts';
import { keepReply } from '../language-model/reply-cache.ts';
import { addUsage } from '../language-model/usage.ts';

const MAX_FAULTS = 5;

/**
 * Asks a question. A reply that can't be used is asked for once more, with a list of its faults; the corrected reply
 * is cached under the first question.
 */
export async function askWithRepair<T>(
  question: Question<T>,
  ctx: CallContext,
): Promise<Answer<T>> {
  const first = await askOnce(question, ctx);
  const { reply } = first;
  if ('value' in first || reply === undefined || first.failure.code !== 'reply-unusable') {
    return first;
  }
  const faults = faultsOf(first.failure.faults, reply);
  const messages = [...question.request.messages, ...repairTurn(reply, faults)];
  const request = { ...question.request, messages };
  const second = await askOnce({ ...question, request, cache: undefined }, ctx);
  const message = `${reply.model} was asked a second time, since its first reply could not be used: ${faults.join('; ')}.`;
  const usage = addUsage(first.usage, second.usage);
  const warnings = [
    ...first.warnings,
    { code: 'reply-repaired', message },
    ...second.warnings,
    ...('value' in second ? await keepReply(question, second.reply, ctx) : []),
  ];
  if ('value' in second || second.failure.code !== 'reply-unusable') {
    return { ...second, usage, warnings };
  }
  const left = faultsOf(second.failure.faults, second.reply!);
  const twice = `${second.reply!.model} replied twice with what can't be used: ${left.join('; ')}.`;
  return { ...second, failure: { ...second.failure, message: twice }, usage, warnings };
}

function faultsOf(faults: readonly string[], { stop }: ModelReply): string[] {
  const cut = 'it was cut off at the token limit, so write less';
  return [...(stop === 'length' ? [cut] : []), ...faults].slice(0, MAX_FAULTS);
}

function repairTurn({ text }: ModelReply, faults: readonly string[]): LanguageMessage[] {
  const list = faults.map((fault) => `- ${fault}`).join('\n');
  return [
    // Providers refuse an empty turn.
    { role: 'assistant', content: text.trim() || '(nothing)' },
    {
      role: 'user',
      content: `That reply can't be used:\n${list}\nAnswer the same question again with nothing but the JSON object that was described.`,
    },
  ];
}
