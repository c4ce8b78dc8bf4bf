import type Anthropic from '@anthropic-ai/sdk';
import { toBase64 } from 'comfygen/http';
import { ComfygenError, type LanguageContent, type LanguageRequest } from 'comfygen/plugin';
import { schemaInWords } from '../calls/schema.ts';
import { type AnthropicStructured, PART, type Settings } from './options.ts';

const MOST_CACHE_MARKS = 4;
const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;

/** The API's JSON format of a schema: the SDK's own helper, which writes it the way that the API takes. */
export type FormatOf = (schema: { type: 'object' }) => { type: 'json_schema'; schema: object };

/** A request as the API takes it. @throws UNSUPPORTED for a kind of picture that it does not */
export function buildRequest(
  request: LanguageRequest,
  structured: AnthropicStructured,
  settings: Settings,
  formatOf: FormatOf,
): Anthropic.MessageCreateParamsNonStreaming {
  const { schema } = request;
  const format =
    schema && structured === 'json_schema'
      ? formatOf(schema.schema as { type: 'object' })
      : undefined;
  const outputConfig = {
    ...(settings.effort && { effort: settings.effort }),
    ...(format && { format: { type: format.type, schema: { ...format.schema } } }),
  };
  const system = buildSystem(request, structured);
  return {
    ...settings.body,
    model: settings.model,
    max_tokens: request.maxTokens ?? settings.maxTokens,
    messages: request.messages.map(({ role, content }) => ({
      role,
      content: buildContent(content),
    })),
    ...(system.length > 0 && { system }),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
    ...(schema &&
      structured === 'tool' && {
        tools: [
          {
            name: schema.name,
            description: 'Takes the answer.',
            input_schema: { ...schema.schema, type: 'object' as const },
          },
        ],
        tool_choice: {
          type: 'tool' as const,
          name: schema.name,
          disable_parallel_tool_use: true,
        },
      }),
  };
}

function buildSystem(
  { system = [], schema }: LanguageRequest,
  structured: AnthropicStructured,
): Anthropic.TextBlockParam[] {
  // The API takes no empty text.
  const texts = system.filter(({ text }) => text.trim() !== '');
  // The last marks end the longest prefixes, which are worth the most.
  const marked = texts.filter(({ cache }) => cache).slice(-MOST_CACHE_MARKS);
  const blocks: Anthropic.TextBlockParam[] = texts.map((part) => ({
    type: 'text',
    text: part.text,
    ...(marked.includes(part) && { cache_control: { type: 'ephemeral' as const } }),
  }));
  if (schema && structured === 'none')
    blocks.push({ type: 'text', text: schemaInWords(schema.schema) });
  return blocks;
}

function buildContent(content: string | LanguageContent[]): string | Anthropic.ContentBlockParam[] {
  if (typeof content === 'string') return content;
  return content.map((item) => {
    if (item.type === 'text') return { type: 'text', text: item.text };
    const mediaType = IMAGES.find((known) => known === item.mediaType);
    if (mediaType === undefined)
      throw new ComfygenError(
        'UNSUPPORTED',
        `Anthropic takes pictures as ${IMAGES.join(', ')}; this one is ${item.mediaType}.`,
        { part: PART },
      );
    return {
      type: 'image',
      source: { type: 'base64', media_type: mediaType, data: toBase64(item.bytes) },
    };
  });
}
