import { toBase64 } from 'comfygen/http';
import {
  type CallContext,
  type JsonObject,
  type LanguageModelV1,
  type LanguageReply,
  type LanguageRequest,
  redactText,
  sealDocument,
  type TextCache,
  type Warning,
  withinLimit,
} from 'comfygen/plugin';
import { z } from 'zod';

const kept = z.object({ text: z.string(), model: z.string() });

/**
 * The same model with a cache, so that each question is paid for once: a whole reply is kept under the hash of
 * provider, model and request, and given again with the warning `reply-cached`, no tokens and no cost. Replies that
 * were cut or declined are not kept. Where the cache fails, the model is asked, with the warning
 * `reply-cache-failed`. Two servers with different models of one name must not share a cache, unless their `name`
 * differs. Selectors have an option `cache` of their own, which keeps only replies that they could use.
 */
export function withCache(model: LanguageModelV1, cache: TextCache): LanguageModelV1 {
  return {
    ...model,
    async generate(request, ctx) {
      ctx.signal.throwIfAborted();
      const key = keyOf(model, request);
      const { value: text, warnings } = await attempt('read', ctx, () => cache.get(key));
      const found = text === undefined ? undefined : readKept(text);
      if (found !== undefined) return found;
      if (text !== undefined) warnings.push(failed('read', 'The kept reply is damaged.'));
      const reply = await model.generate(request, ctx);
      if (reply.stop === 'end') {
        const { text, model } = reply;
        const written = await attempt('written', ctx, () =>
          cache.set(key, JSON.stringify({ text, model })),
        );
        warnings.push(...written.warnings);
      }
      return { ...reply, warnings: [...warnings, ...reply.warnings] };
    },
  };
}

/** Equal for equal questions, whatever the order of their fields. */
function keyOf({ name, model }: LanguageModelV1, request: LanguageRequest): string {
  const plain = JSON.stringify({ name, model, request }, function (this: JsonObject, key, value) {
    // What it was: a Buffer has become a list of numbers by now.
    const given: unknown = this[key];
    return given instanceof Uint8Array ? toBase64(given) : value;
  });
  const document = { schema: 'comfygen/language-request@1', ...(JSON.parse(plain) as JsonObject) };
  return sealDocument(document).hash;
}

function readKept(text: string): LanguageReply | undefined {
  const { success, data } = kept.safeParse(parse(text));
  if (!success) return undefined;
  return {
    ...data,
    stop: 'end',
    usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 },
    warnings: [
      { code: 'reply-cached', message: 'This reply was kept from an earlier, equal request.' },
    ],
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How long a cache may take for one text: a reply that is there is not held up by it. */
const CACHE_MS = 10_000;

async function attempt<T>(what: 'read' | 'written', ctx: CallContext, use: () => Promise<T>) {
  const late = () => new Error(`it took longer than ${CACHE_MS} ms`);
  try {
    return {
      value: await withinLimit(ctx, CACHE_MS, late, use),
      warnings: [] as Warning[],
    };
  } catch (error) {
    ctx.signal.throwIfAborted();
    const reason = redactText(error instanceof Error ? error.message : String(error));
    return { value: undefined, warnings: [failed(what, reason)] };
  }
}

function failed(what: 'read' | 'written', reason: string): Warning {
  const message = `A reply could not be ${what} in the cache: ${reason}`;
  return { code: 'reply-cache-failed', message };
}
