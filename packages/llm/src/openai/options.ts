import { type PartRef, parseOptions } from 'comfygen/plugin';
import { z } from 'zod';
import { type CallOptions, callOptions, credentialOptions } from '../calls/call-options.ts';

/**
 * How a reply is held to a schema: by `response_format` with it, by the field `structured_outputs` of vLLM 0.12 and
 * newer, to any JSON by `response_format`, or by words alone.
 */
export type OpenaiStructured = 'json_schema' | 'structured_outputs' | 'json_object' | 'none';

/** Settings of a model behind chat completions. */
export interface OpenaiOptions extends CallOptions {
  /**
   * The provider's name in errors and cache keys: `ollama` keeps a local model apart from a hosted one of its name.
   * Default: `openai`.
   */
  name?: string | undefined;
  /**
   * The API key. Default: the environment variable OPENAI_API_KEY, read at each call; see `baseUrl`. Local servers
   * need none.
   */
  apiKey?: string | undefined;
  /**
   * The server's address with the API's version: `http://127.0.0.1:11434/v1`. Default: the environment variable
   * OPENAI_BASE_URL, else `https://api.openai.com/v1`. The key of the environment is not sent to another address that
   * is given here: give the key too, unless the server asks for none.
   */
  baseUrl?: string | undefined;
  /** Most tokens of a reply whose request names no limit; thinking counts. Default: the server's own. */
  maxTokens?: number | undefined;
  /**
   * The field in which the limit of tokens is sent. Default: `max_completion_tokens` for OpenAI's own address, else
   * `max_tokens`.
   */
  maxTokensField?: 'max_tokens' | 'max_completion_tokens' | undefined;
  /** How much a reasoning model thinks; sent as `reasoning_effort`. Default: the provider's own. */
  effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | undefined;
  /**
   * How replies are held to a schema. Where a server refuses this way, a weaker one is used from then on
   * (`json_object`, then `none`), with the warning `structured-downgraded`. Default: `json_schema`.
   */
  structured?: OpenaiStructured | undefined;
}

const schema = z.strictObject({
  ...callOptions,
  ...credentialOptions,
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]*$/, 'must be lower-case letters, digits, dots and dashes')
    .default('openai'),
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).optional(),
  structured: z
    .enum(['json_schema', 'structured_outputs', 'json_object', 'none'])
    .default('json_schema'),
});

/** Options with their defaults. */
export type Settings = z.infer<typeof schema>;

/** @throws INVALID_OPTIONS naming each wrong or unknown key */
export function readOptions(options: OpenaiOptions): Settings {
  return parseOptions(partOf(options), schema, options);
}

/** What errors name. */
export function partOf({ name = 'openai' }: { name?: string | undefined }): PartRef {
  return { role: 'language-model', name };
}
