import {
  type CallContext,
  ComfygenError,
  type LanguageReply,
  type LanguageRequest,
  redactText,
  sealDocument,
  type Warning,
} from 'comfygen/plugin';
import type { Settings } from './options.ts';

/** What came of a question. */
export interface Answer {
  /** `undefined` where there is none; a warning says why. */
  reply: Pick<LanguageReply, 'text' | 'stop' | 'model'> | undefined;
  usage: LanguageReply['usage'] | undefined;
  warnings: Warning[];
}

type AskSettings = Pick<Settings, 'llm' | 'cache' | 'timeoutMs'>;

/**
 * Asks once; what the model fails at for now, or the cache, becomes a warning. Rethrows `ctx.signal.reason`, and what
 * another attempt can't help.
 */
export async function askModel(
  settings: AskSettings,
  request: LanguageRequest,
  ctx: CallContext,
): Promise<Answer> {
  const key = keyOf(settings, request);
  const warnings: Warning[] = [];
  const kept = await tryCache(warnings, () => settings.cache?.get(key));
  if (kept !== undefined) {
    const message = `The reply of ${settings.llm.model} to this very question was kept; it was not asked again.`;
    warnings.push({ code: 'reply-cached', message });
    return {
      reply: { text: kept, stop: 'end', model: settings.llm.model },
      usage: undefined,
      warnings,
    };
  }
  try {
    const reply = await withTimeout(settings, request, ctx);
    warnings.push(...reply.warnings);
    if (reply.stop === 'end') await tryCache(warnings, () => settings.cache?.set(key, reply.text));
    return { reply, usage: reply.usage, warnings };
  } catch (error) {
    ctx.signal.throwIfAborted();
    // A wrong key or name must be seen, and not be hidden behind a worse choice for ever.
    if (!ComfygenError.is(error) || !isPassing(error)) throw error;
    const message = `${settings.llm.model} could not be asked: ${error.message}`;
    warnings.push({
      code: 'model-failed',
      message,
      details: { error: error.code, retryAfterMs: error.retryAfterMs ?? null },
    });
    return { reply: undefined, usage: undefined, warnings };
  }
}

const isPassing = ({ retryable, code }: ComfygenError) => retryable || code === 'PAYLOAD_TOO_LARGE';

/** A model that ignores its signal holds nobody up. */
async function withTimeout(
  { llm, timeoutMs }: AskSettings,
  request: LanguageRequest,
  ctx: CallContext,
): Promise<LanguageReply> {
  const over = new AbortController();
  const late = new AbortController();
  const signal = AbortSignal.any([ctx.signal, late.signal]);
  const stopped = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  ctx.clock.sleep(timeoutMs, over.signal).then(
    () => late.abort(new ComfygenError('UNAVAILABLE', `No reply within ${timeoutMs} ms.`)),
    () => {},
  );
  try {
    return await Promise.race([llm.generate(request, { ...ctx, signal }), stopped]);
  } catch (error) {
    // What a stopped request throws says nothing; why it was stopped does.
    throw late.signal.aborted ? late.signal.reason : error;
  } finally {
    over.abort();
  }
}

/** A cache that fails is a miss, and said. */
async function tryCache<T>(
  warnings: Warning[],
  use: () => Promise<T> | undefined,
): Promise<T | undefined> {
  try {
    return await use();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The cache of replies can't be used: ${redactText(reason)}`;
    warnings.push({ code: 'cache-failed', message });
    return undefined;
  }
}

function keyOf({ llm: { name, model } }: AskSettings, request: LanguageRequest): string {
  const document = { schema: 'comfygen/question@1', name, model, request };
  // Through JSON, so that an option left out and one left `undefined` are the same question.
  return sealDocument(JSON.parse(JSON.stringify(document)) as typeof document).hash;
}
