import type { LanguageModelV1, LanguageRequest, Warning } from 'comfygen/plugin';
import { ask } from '../calls/ask.ts';
import { checkRequest } from '../calls/check-request.ts';
import { isClosed } from '../calls/schema.ts';
import { buildRequest } from './build-request.ts';
import { connect } from './client.ts';
import { type AnthropicOptions, type AnthropicStructured, PART, readOptions } from './options.ts';
import { readMessage } from './read-message.ts';

const WEAKER = { json_schema: 'tool', tool: 'none', none: undefined } as const;
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
  let { structured } = settings;

  return {
    spec: 'v1',
    role: PART.role,
    name: PART.name,
    model: settings.model,
    supports: { structured: structured !== 'none', promptCache: true, images: true },
    async generate(request, ctx) {
      ctx.signal.throwIfAborted();
      checkRequest(PART, request);
      const { baseUrl, hide, formatOf, open } = await connect(settings);
      const where = `POST ${baseUrl}/v1/messages`;
      return ask<AnthropicStructured>(
        {
          part: PART,
          where,
          hide,
          limits: settings,
          way: wayFor(request, structured),
          async send(way, { fetch, signal, timeout }) {
            const body = buildRequest(request, way, settings, formatOf);
            const message = await open(fetch).messages.create(body, { signal, timeout });
            const reply = readMessage(message, where, settings);
            return { ...reply, warnings: warningsOf(request) };
          },
          concede(way, refused) {
            const weaker = WEAKER[way];
            if (!request.schema || weaker === undefined || !REFUSED[way].test(refused)) return;
            // A tool that only this request's open schema needed says nothing about the others.
            if (way === structured) structured = weaker;
            const message = `The server refused ${way}: JSON is asked for by ${weaker}.`;
            return { way: weaker, code: 'structured-downgraded', message };
          },
        },
        ctx,
      );
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
  const message = "Anthropic's current models take no temperature; it was left out.";
  return [{ code: 'temperature-ignored', message, details: { temperature } }];
}
