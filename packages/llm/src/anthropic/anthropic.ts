import type { LanguageModelV1, LanguageRequest, Warning } from 'comfygen/plugin';
import { checkRequest } from '../calls/check-request.ts';
import { providerError } from '../calls/provider-error.ts';
import { refusedWords } from '../calls/refused-words.ts';
import { isClosed } from '../calls/schema.ts';
import { withinLimit } from '../calls/within-limit.ts';
import { buildRequest } from './build-request.ts';
import { connect } from './client.ts';
import { type AnthropicOptions, type AnthropicStructured, PART, readOptions } from './options.ts';
import { readMessage } from './read-message.ts';

const WEAKER: Record<AnthropicStructured, AnthropicStructured | undefined> = {
  json_schema: 'tool',
  tool: 'none',
  none: undefined,
};
/** The words by which a server says that it does not take a way of asking for JSON. */
const REFUSED: Record<AnthropicStructured, RegExp> = {
  json_schema: /output_config\.format|output_config: |output_format|structured output|schema/i,
  tool: /\btools?\b|tool_choice/i,
  none: /(?!)/,
};

/**
 * A model of Anthropic's, through the official SDK, `@anthropic-ai/sdk`, which is loaded at the first call. A schema is
 * held to while the model writes; system texts marked `cache` are kept by the prompt cache. Current models take no
 * temperature: one that is asked for is left out, with the warning `temperature-ignored`.
 *
 * @throws INVALID_OPTIONS for wrong options; the key is looked up at each call
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function anthropic(options: AnthropicOptions): LanguageModelV1 {
  const settings = readOptions(options);
  let structured = settings.structured;

  return {
    spec: 'v1',
    role: PART.role,
    name: PART.name,
    model: settings.model,
    supports: { structured: structured !== 'none', promptCache: true, images: true },
    async generate(request, ctx) {
      ctx.signal.throwIfAborted();
      checkRequest(PART, request);
      const connection = await connect(settings);
      const where = `POST ${connection.baseUrl}/v1/messages`;
      const warnings = warningsOf(request);
      return withinLimit(PART, ctx, settings.timeoutMs, async (signal, limitMs) => {
        for (;;) {
          const asked = wayFor(request, structured);
          const { client, traffic } = connection.open(ctx);
          try {
            const body = buildRequest(request, asked, settings, connection.formatOf);
            const timeout = Math.ceil(limitMs);
            const message = await client.messages.create(body, { signal, timeout });
            const reply = readMessage(message, where, settings);
            return { ...reply, warnings: [...warnings, ...traffic.warnings()] };
          } catch (error) {
            if (signal.aborted) throw signal.reason;
            const failure = providerError(PART, where, traffic, error, connection.hide);
            const weaker = WEAKER[asked];
            if (!request.schema || !weaker || !REFUSED[asked].test(refusedWords(traffic) ?? ''))
              throw failure;
            structured = weaker;
            warnings.push({
              code: 'structured-downgraded',
              message: `The server refused ${asked}: JSON is asked for by ${weaker} from now on. ${failure.message}`,
              details: { structured: weaker },
            });
          }
        }
      });
    },
  };
}

/** The way to ask for this request's JSON: only tools take objects of any keys. */
function wayFor({ schema }: LanguageRequest, structured: AnthropicStructured): AnthropicStructured {
  const isOpen = schema && !isClosed(schema.schema, { strict: false });
  return isOpen && structured === 'json_schema' ? 'tool' : structured;
}

function warningsOf({ temperature }: LanguageRequest): Warning[] {
  if (temperature === undefined) return [];
  const message = 'Anthropic’s current models take no temperature; it was left out.';
  return [{ code: 'temperature-ignored', message, details: { temperature } }];
}
