import {
  type CallContext,
  type LanguageModelV1,
  type LanguageRequest,
  redactText,
  sealDocument,
  type Warning,
  withinLimit,
} from 'comfygen/plugin';
import type { ModelReply, Question } from './question.ts';

type Place = Pick<Question<unknown>, 'llm' | 'cache' | 'request'>;

/** The cached reply to this question. A cache that fails counts as a miss, with a warning. */
export async function recallReply(
  { llm, cache, request }: Place,
  ctx: CallContext,
): Promise<{ reply: ModelReply | undefined; warnings: Warning[] }> {
  try {
    const text = cache && (await inTime(ctx, () => cache.get(keyOf(llm, request))));
    const reply =
      text === undefined ? undefined : ({ text, stop: 'end', model: llm.model } as const);
    return { reply, warnings: [] };
  } catch (error) {
    ctx.signal.throwIfAborted();
    return { reply: undefined, warnings: [cacheFault(error)] };
  }
}

/** Caches the reply to this question, unless it was cut off. A cache that fails gives a warning only. */
export async function keepReply(
  { llm, cache, request }: Place,
  { text, stop }: ModelReply,
  ctx: CallContext,
): Promise<Warning[]> {
  try {
    if (cache && stop === 'end') await inTime(ctx, () => cache.set(keyOf(llm, request), text));
    return [];
  } catch (error) {
    ctx.signal.throwIfAborted();
    return [cacheFault(error)];
  }
}

/** How long a cache may take for one reply, in milliseconds: one that never answers holds no choice up. */
const CACHE_MS = 10_000;

function inTime<T>(ctx: CallContext, work: () => Promise<T>) {
  const late = () => new Error(`it took longer than ${CACHE_MS} ms`);
  return withinLimit(ctx, CACHE_MS, late, work);
}

function cacheFault(error: unknown): Warning {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `The cache of replies can't be used: ${redactText(reason)}`;
  return { code: 'cache-failed', message };
}

function keyOf({ name, model }: LanguageModelV1, request: LanguageRequest): string {
  const document = { schema: 'comfygen/question@1', name, model, request };
  // Through JSON, so that an option left out and one left `undefined` are the same question.
  return sealDocument(JSON.parse(JSON.stringify(document)) as typeof document).hash;
}
