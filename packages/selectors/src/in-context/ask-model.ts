import {
  type CallContext,
  ComfygenError,
  type LanguageMessage,
  type LanguageModelV1,
  type LanguageReply,
  type LanguageRequest,
  type LanguageUsage,
  redactText,
  sealDocument,
  type TextCache,
  type Warning,
} from 'comfygen/plugin';
import { readJson } from './read-json.ts';
import { addUsage } from './usage.ts';

/** What was made of a reply: a value with what had to be left out of it, or everything that is wrong with it. */
export type Reading<T> = { value: T; warnings: Warning[] } | { faults: string[] };

/** A question whose answer is JSON. */
export interface Question<T> {
  llm: LanguageModelV1;
  /** Sound replies are kept here. */
  cache: TextCache | undefined;
  request: LanguageRequest;
  /** Checks the parsed JSON; `undefined` where the reply was none. */
  read(json: unknown): Reading<T>;
}

/** Why there is no answer. */
export interface AskFailure {
  /** Stable, for the warning: the model declined, wrote what can't be used, or could not be asked. */
  code: 'model-refused' | 'reply-unusable' | 'model-failed';
  message: string;
  /** What the model threw. */
  error?: ComfygenError | undefined;
}

/** What a question gave. */
export interface Answer<T> {
  /** There unless `failure` is. */
  value?: T | undefined;
  failure?: AskFailure | undefined;
  /** The model that answered, as it names itself. */
  model: string;
  /** `undefined` where nothing was asked. */
  usage: LanguageUsage | undefined;
  warnings: Warning[];
}

const MAX_FAULTS = 5;

/**
 * Asks, checks, and asks once more with what was wrong. Errors of the model become a failure, so that what was paid
 * until then is still counted; an abort rethrows `signal.reason`.
 */
export async function askModel<T>(question: Question<T>, ctx: CallContext): Promise<Answer<T>> {
  const kept = await keptAnswer(question);
  if ('value' in kept) return kept;
  const answer: Answer<T> = { model: question.llm.model, usage: undefined, ...kept };
  const messages = [...question.request.messages];
  for (const turn of [1, 2]) {
    const reply = await replyOf(question, messages, ctx);
    if (ComfygenError.is(reply)) {
      const message = `${answer.model} could not be asked: ${reply.message}`;
      return { ...answer, failure: { code: 'model-failed', message, error: reply } };
    }
    answer.model = reply.model;
    answer.usage = addUsage(answer.usage, reply.usage);
    answer.warnings.push(...reply.warnings);
    if (reply.stop === 'refusal') {
      return { ...answer, failure: { code: 'model-refused', message: `${reply.model} declined.` } };
    }
    const reading = question.read(readJson(reply.text));
    if ('value' in reading) {
      answer.warnings.push(...reading.warnings, ...(await keep(question, reply.text)));
      return { ...answer, value: reading.value };
    }
    const faults = faultsOf(reading.faults, reply);
    if (turn === 2) {
      const message = `${reply.model} replied twice with what can't be used: ${faults.join('; ')}.`;
      return { ...answer, failure: { code: 'reply-unusable', message } };
    }
    messages.push(...repairTurn(reply, faults));
    const message = `${reply.model} was asked a second time, since its first reply could not be used: ${faults.join('; ')}.`;
    answer.warnings.push({ code: 'reply-repaired', message });
  }
  return answer;
}

/** The reply, or the error that is the model's to answer for. */
async function replyOf<T>(
  { llm, request }: Question<T>,
  messages: LanguageMessage[],
  ctx: CallContext,
): Promise<LanguageReply | ComfygenError> {
  try {
    return await llm.generate({ ...request, messages: [...messages] }, ctx);
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (ComfygenError.is(error)) return error;
    throw error;
  }
}

function faultsOf(faults: string[], { stop }: LanguageReply): string[] {
  const cut = 'it was cut off at the token limit, so write less';
  return [...(stop === 'length' ? [cut] : []), ...faults].slice(0, MAX_FAULTS);
}

function repairTurn({ text }: LanguageReply, faults: string[]): LanguageMessage[] {
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

type Kept<T> = Answer<T> | { warnings: Warning[] };

/** A cache that fails must not cost the answer: it is a miss, and said. */
async function keptAnswer<T>({ llm, cache, request, read }: Question<T>): Promise<Kept<T>> {
  if (cache === undefined) return { warnings: [] };
  try {
    const text = await cache.get(keyOf(llm, request));
    const reading = text === undefined ? undefined : read(readJson(text));
    if (reading === undefined || !('value' in reading)) return { warnings: [] };
    const message = `The answer of ${llm.model} to this very question was kept; it was not asked again.`;
    const warnings = [...reading.warnings, { code: 'reply-cached', message }];
    return { value: reading.value, model: llm.model, usage: undefined, warnings };
  } catch (error) {
    return { warnings: [cacheFault(error)] };
  }
}

async function keep<T>({ llm, cache, request }: Question<T>, text: string): Promise<Warning[]> {
  try {
    await cache?.set(keyOf(llm, request), text);
    return [];
  } catch (error) {
    return [cacheFault(error)];
  }
}

function cacheFault(error: unknown): Warning {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: 'cache-failed',
    message: `The cache of replies can't be used: ${redactText(reason)}`,
  };
}

function keyOf({ name, model }: LanguageModelV1, request: LanguageRequest): string {
  const document = { schema: 'comfygen/question@1', name, model, request };
  // Through JSON, so that an option left out and one left `undefined` are the same question.
  return sealDocument(JSON.parse(JSON.stringify(document)) as typeof document).hash;
}
