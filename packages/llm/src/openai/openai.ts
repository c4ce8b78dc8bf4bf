import type { LanguageModelV1 } from 'comfygen/plugin';
import { ask } from '../calls/ask.ts';
import { checkRequest } from '../calls/check-request.ts';
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
      structured: structured === 'json_schema' || structured === 'structured_outputs',
      promptCache: false,
      images: true,
    },
    async generate(request, ctx) {
      ctx.signal.throwIfAborted();
      checkRequest(part, request);
      const { baseUrl, hide, open } = await connect(part, settings);
      const where = `POST ${baseUrl}/chat/completions`;
      return ask<Dialect>(
        {
          part,
          where,
          hide,
          limits: settings,
          way: learned ?? firstDialect(settings, baseUrl),
          async send(way, { fetch, signal, timeout }) {
            const body = buildRequest(request, way, settings);
            const completion = await open(fetch).chat.completions.create(body, { signal, timeout });
            return readCompletion(completion, part, where, settings);
          },
          concede(way, refused) {
            const conceded = concede(way, request, refused);
            if (conceded === undefined) return undefined;
            const { change, code, message } = conceded;
            learned = { ...(learned ?? way), ...change };
            return { way: { ...way, ...change }, code, message };
          },
        },
        ctx,
      );
    },
  };
}
