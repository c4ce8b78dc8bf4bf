import { type CallContext, ComfygenError, type LanguageReply, withinLimit } from 'comfygen/plugin';
import type { Answer, AskFailure, Question } from './question.ts';
import { keepReply, recallReply } from './reply-cache.ts';

/**
 * Asks a question once; no request is made where a usable reply is cached. A failure of the model, silence included,
 * comes back as a value, so that the caller can fall back and still report the usage; `throwLasting` throws those
 * that a person must see. Rethrows `ctx.signal.reason` and errors without a code.
 */
export async function askOnce<T>(question: Question<T>, ctx: CallContext): Promise<Answer<T>> {
  const { llm, read } = question;
  const { reply: kept, warnings } = await recallReply(question, ctx);
  const recalled = kept && read(kept);
  if (recalled !== undefined && 'value' in recalled) {
    const message = `The reply of ${llm.model} to this very question was kept; it was not asked again.`;
    warnings.push({ code: 'reply-cached', message }, ...recalled.warnings);
    return { value: recalled.value, reply: kept!, usage: undefined, warnings };
  }
  const reply = await requestReply(question, ctx);
  if (ComfygenError.is(reply)) {
    return { failure: unasked(llm.model, reply), reply: undefined, usage: undefined, warnings };
  }
  const { usage } = reply;
  warnings.push(...reply.warnings);
  if (reply.stop === 'refusal') return { failure: declined(reply), reply, usage, warnings };
  const reading = read(reply);
  if ('faults' in reading) {
    return { failure: unusable(reply, reading.faults), reply, usage, warnings };
  }
  warnings.push(...(await keepReply(question, reply, ctx)), ...reading.warnings);
  return { value: reading.value, reply, usage, warnings };
}

/** The reply, or the error that is the model's to answer for. */
async function requestReply<T>(
  { llm, request, timeoutMs }: Question<T>,
  ctx: CallContext,
): Promise<LanguageReply | ComfygenError> {
  const late = () => new ComfygenError('UNAVAILABLE', `No reply within ${timeoutMs} ms.`);
  try {
    return await withinLimit(ctx, timeoutMs, late, (signal) =>
      llm.generate(request, { ...ctx, signal }),
    );
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (ComfygenError.is(error)) return error;
    throw error;
  }
}

const unasked = (model: string, error: ComfygenError): AskFailure => ({
  code: 'model-failed',
  message: `${model} could not be asked: ${error.message}`,
  faults: [],
  error,
});

const declined = ({ model }: LanguageReply): AskFailure => ({
  code: 'model-refused',
  message: `${model} declined to answer.`,
  faults: [],
});

const unusable = ({ model }: LanguageReply, faults: readonly string[]): AskFailure => ({
  code: 'reply-unusable',
  message: `The reply of ${model} can't be used: ${faults.join('; ')}.`,
  faults,
});
