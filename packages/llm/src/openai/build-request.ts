import { toBase64 } from 'comfygen/http';
import type { LanguageContent, LanguageRequest } from 'comfygen/plugin';
import type OpenAI from 'openai';
import { isClosed, schemaInWords } from '../calls/schema.ts';
import type { Dialect } from './dialect.ts';
import type { Settings } from './options.ts';

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** The body of a request, with the fields that this server takes. */
export function buildRequest(request: LanguageRequest, dialect: Dialect, settings: Settings): Body {
  const { schema, temperature } = request;
  const maxTokens = request.maxTokens ?? settings.maxTokens;
  const system = systemText(request, dialect);
  const messages: Body['messages'] = request.messages.map(({ role, content }) =>
    role === 'user' ? { role, content: userContent(content) } : { role, content: textOf(content) },
  );
  return {
    ...settings.body,
    model: settings.model,
    messages: system === '' ? messages : [{ role: 'system', content: system }, ...messages],
    ...(maxTokens !== undefined && { [dialect.maxTokensField]: maxTokens }),
    ...(temperature !== undefined && dialect.temperature && { temperature }),
    ...(settings.effort && { reasoning_effort: settings.effort }),
    ...(schema && formatOf(schema, dialect)),
  };
}

function formatOf(
  { name, schema }: NonNullable<LanguageRequest['schema']>,
  { structured }: Dialect,
) {
  if (structured === 'none') return {};
  if (structured === 'structured_outputs') return { structured_outputs: { json: schema } };
  if (structured === 'json_object') return { response_format: { type: 'json_object' as const } };
  // OpenAI takes strict schemas only in a subset; others it takes as a hint. Local servers hold to both.
  const strict = isClosed(schema, { strict: true });
  return {
    response_format: { type: 'json_schema' as const, json_schema: { name, schema, strict } },
  };
}

function systemText({ system = [], schema }: LanguageRequest, { structured }: Dialect): string {
  const texts = system.map(({ text }) => text);
  if (schema && (structured === 'none' || structured === 'json_object'))
    texts.push(schemaInWords(schema.schema));
  return texts.filter((text) => text.trim() !== '').join('\n\n');
}

function userContent(content: string | LanguageContent[]) {
  if (typeof content === 'string') return content;
  return content.map((item) =>
    item.type === 'text'
      ? { type: 'text' as const, text: item.text }
      : {
          type: 'image_url' as const,
          image_url: { url: `data:${item.mediaType};base64,${toBase64(item.bytes)}` },
        },
  );
}

/** An assistant's turn has no pictures. */
function textOf(content: string | LanguageContent[]): string {
  if (typeof content === 'string') return content;
  return content.flatMap((item) => (item.type === 'text' ? [item.text] : [])).join('\n\n');
}
