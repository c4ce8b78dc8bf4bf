import { toBase64 } from 'comfygen/http';
import {
  type JsonObject,
  type LanguageModelV1,
  type LanguageReply,
  type LanguageRequest,
  redactText,
  sealDocument,
  type TextCache,
  type Warning,
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
      const { value: text, warnings } = await attempt('read', () => cache.get(key));
      const found = text === undefined ? undefined : readKept(text);
      if (found !== undefined) return found;
      if (text !== undefined) warnings.push(failed('read', 'The kept reply is damaged.'));
      const reply = await model.generate(request, ctx);
      if (reply.stop === 'end') {
        const { text, model } = reply;
        const written = await attempt('written', () =>
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

async function attempt<T>(what: 'read' | 'written', use: () => Promise<T>) {
  try {
    return { value: await use(), warnings: [] as Warning[] };
  } catch (error) {
    const reason = redactText(error instanceof Error ? error.message : String(error));
    return { value: undefined, warnings: [failed(what, reason)] };
  }
}

function failed(what: 'read' | 'written', reason: string): Warning {
  const message = `A reply could not be ${what} in the cache: ${reason}`;
  return { code: 'reply-cache-failed', message };
}
