import { parseOptions } from 'comfygen/plugin';
import { z } from 'zod';
import { type CallOptions, callOptions, credentialOptions } from '../calls/call-options.ts';

/** The model that errors name. */
export const PART = { role: 'language-model', name: 'anthropic' } as const;

/** How a reply is held to a schema: while the model writes, as the input of a tool that it must use, or by words. */
export type AnthropicStructured = 'json_schema' | 'tool' | 'none';

/** Settings of Anthropic's models. */
export interface AnthropicOptions extends CallOptions {
  /** The API key. Default: the environment variable ANTHROPIC_API_KEY, read at each call; see `baseUrl`. */
  apiKey?: string | undefined;
  /**
   * The API's address. Default: the environment variable ANTHROPIC_BASE_URL, else `https://api.anthropic.com`. The
   * key of the environment is not sent to another address that is given here: give the key too, unless the server
   * asks for none.
   */
  baseUrl?: string | undefined;
  /** Most tokens of a reply whose request names no limit; thinking counts. Default: 8,192. */
  maxTokens?: number | undefined;
  /** How much the model works on a reply. Default: the provider's own. */
  effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max' | undefined;
  /**
   * How replies are held to a schema. Where a server refuses this way, the next one is used from then on, with the
   * warning `structured-downgraded`. A schema with an object of any keys always goes by `tool`. Default:
   * `json_schema`.
   */
  structured?: AnthropicStructured | undefined;
}

const schema = z.strictObject({
  ...callOptions,
  ...credentialOptions,
  maxTokens: z.int().min(1).default(8_192),
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
  structured: z.enum(['json_schema', 'tool', 'none']).default('json_schema'),
});

/** Options with their defaults. */
export type Settings = z.infer<typeof schema>;

/** @throws INVALID_OPTIONS naming each wrong or unknown key */
export function readOptions(options: AnthropicOptions): Settings {
  return parseOptions(PART, schema, options);
}
