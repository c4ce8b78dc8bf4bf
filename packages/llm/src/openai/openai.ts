import type { LanguageModelV1, Warning } from 'comfygen/plugin';
import { checkRequest } from '../calls/check-request.ts';
import { providerError } from '../calls/provider-error.ts';
import { refusedWords } from '../calls/refused-words.ts';
import { withinLimit } from '../calls/within-limit.ts';
import { buildRequest } from './build-request.ts';
import { connect } from './client.ts';
import { concede, type Dialect, firstDialect } from './dialect.ts';
import { type OpenaiOptions, partOf, readOptions } from './options.ts';
import { readCompletion } from './read-completion.ts';

/**
 * A model behind chat completions: OpenAI's, and any server that speaks like it (vLLM, Ollama, llama.cpp, OpenRouter),
 * through the official SDK, `openai`, which is loaded at the first call. What a server refuses is asked for in a weaker
 * or older way, once, and remembered by this instance; the reply's warnings tell. Prefixes are cached by the providers
 * themselves, `cache` marks change nothing.
 *
 * @throws INVALID_OPTIONS for wrong options; the key is looked up at each call
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function openai(options: OpenaiOptions): LanguageModelV1 {
  const settings = readOptions(options);
  const part = partOf(settings);
  const { structured } = settings;
  let learned: Dialect | undefined;

  return {
    spec: 'v1',
    role: 'language-model',
    name: settings.name,
    model: settings.model,
    supports: {
      structured: structured === 'json_schema' || structured === 'guided_json',
      promptCache: false,
      images: true,
    },
    async generate(request, ctx) {
      ctx.signal.throwIfAborted();
      checkRequest(part, request);
      const connection = await connect(part, settings);
      const where = `POST ${connection.baseUrl}/chat/completions`;
      const warnings: Warning[] = [];
      let dialect = learned ?? firstDialect(settings, connection.baseUrl);
      return withinLimit(part, ctx, settings.timeoutMs, async (signal, limitMs) => {
        for (;;) {
          const { client, traffic } = connection.open(ctx);
          const body = buildRequest(request, dialect, settings);
          try {
            const completion = await client.chat.completions.create(body, {
              signal,
              timeout: Math.ceil(limitMs),
            });
            const reply = readCompletion(completion, part, where, settings);
            return { ...reply, warnings: [...warnings, ...reply.warnings, ...traffic.warnings()] };
          } catch (error) {
            if (signal.aborted) throw signal.reason;
            const failure = providerError(part, where, traffic, error, connection.hide);
            const conceded = concede(dialect, body, refusedWords(traffic));
            // A field is renamed once: a server that takes neither name is not asked in turns.
            if (
              !conceded ||
              (conceded.code === 'field-renamed' &&
                warnings.some(({ code }) => code === 'field-renamed'))
            )
              throw failure;
            dialect = { ...dialect, ...conceded.change };
            learned = dialect;
            const { code, message, change } = conceded;
            warnings.push({ code, message: `${message} ${failure.message}`, details: change });
          }
        }
      });
    },
  };
}
