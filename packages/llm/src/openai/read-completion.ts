import type { LanguageReply, PartRef } from 'comfygen/plugin';
import { z } from 'zod';
import { usageOf } from '../calls/prices.ts';
import { protocolError } from '../calls/provider-error.ts';
import type { Settings } from './options.ts';

const tokens = z.number().nullish();
const completion = z.looseObject({
  model: z.string().nullish(),
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string().nullish(),
        message: z.looseObject({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z
    .looseObject({
      prompt_tokens: tokens,
      completion_tokens: tokens,
      prompt_tokens_details: z
        .looseObject({ cached_tokens: tokens, cache_write_tokens: tokens })
        .nullish(),
    })
    .nullish(),
});

const STOPS: { readonly [reason: string]: LanguageReply['stop'] } = {
  stop: 'end',
  length: 'length',
  content_filter: 'refusal',
};
/** What models write first where the server does not take their thoughts out of the answer. */
const THOUGHTS = /^\s*<think>[\s\S]*?<\/think>\s*/;

/** A chat completion as a reply; thoughts are left out. @throws PROTOCOL where it is none */
export function readCompletion(
  value: unknown,
  part: PartRef,
  where: string,
  settings: Settings,
): LanguageReply {
  const result = completion.safeParse(value);
  if (!result.success) throw protocolError(part, where, 'something that is no chat completion');
  const { model, choices, usage } = result.data;
  const { message, finish_reason: reason } = choices[0]!;
  const { cached_tokens: cached, cache_write_tokens: written } = usage?.prompt_tokens_details ?? {};
  const cacheRead = cached ?? 0;
  const cacheWrite = written ?? 0;
  return {
    text: message.refusal || (message.content ?? '').replace(THOUGHTS, ''),
    stop: message.refusal ? 'refusal' : (STOPS[reason ?? ''] ?? 'other'),
    model: model || settings.model,
    usage: usageOf(
      {
        plain: Math.max(0, (usage?.prompt_tokens ?? 0) - cacheRead - cacheWrite),
        cacheRead,
        cacheWrite,
        output: usage?.completion_tokens ?? 0,
      },
      usage ? settings.prices : undefined,
    ),
    warnings: usage
      ? []
      : [{ code: 'usage-unknown', message: `${part.name} did not say how many tokens it used.` }],
  };
}
