import type { LanguageReply } from 'comfygen/plugin';
import { z } from 'zod';
import { usageOf } from '../calls/prices.ts';
import { protocolError } from '../calls/provider-error.ts';
import { PART, type Settings } from './options.ts';

const tokens = z.number().nullish();
const message = z.looseObject({
  model: z.string(),
  content: z.array(
    z.looseObject({ type: z.string(), text: z.string().optional(), input: z.unknown().optional() }),
  ),
  stop_reason: z.string().nullish(),
  stop_details: z.looseObject({ explanation: z.string().nullish() }).nullish(),
  usage: z.looseObject({
    input_tokens: tokens,
    output_tokens: tokens,
    cache_read_input_tokens: tokens,
    cache_creation_input_tokens: tokens,
  }),
});

const STOPS: { readonly [reason: string]: LanguageReply['stop'] } = {
  end_turn: 'end',
  stop_sequence: 'end',
  tool_use: 'end',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refusal',
};

/** The API's message as a reply; thoughts are left out. @throws PROTOCOL where it is no message */
export function readMessage(value: unknown, where: string, settings: Settings): LanguageReply {
  const result = message.safeParse(value);
  if (!result.success) throw protocolError(PART, where, 'something that is no message');
  const { model, content, stop_reason: reason, stop_details: details, usage } = result.data;
  const written = content.map(({ type, text, input }) => {
    if (type === 'tool_use') return JSON.stringify(input);
    return type === 'text' ? (text ?? '') : '';
  });
  return {
    text: written.join('') || (details?.explanation ?? ''),
    stop: STOPS[reason ?? ''] ?? 'other',
    model,
    usage: usageOf(
      {
        plain: usage.input_tokens ?? 0,
        cacheRead: usage.cache_read_input_tokens ?? 0,
        cacheWrite: usage.cache_creation_input_tokens ?? 0,
        output: usage.output_tokens ?? 0,
      },
      settings.prices,
    ),
    warnings: [],
  };
}
