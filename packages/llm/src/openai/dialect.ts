import type { LanguageRequest } from 'comfygen/plugin';
import type { OpenaiStructured, Settings } from './options.ts';

/** The fields that a server takes, as its answers have shown: servers differ, and so do models of one server. */
export interface Dialect {
  structured: OpenaiStructured;
  maxTokensField: 'max_tokens' | 'max_completion_tokens';
  temperature: boolean;
}

const WEAKER: Record<OpenaiStructured, OpenaiStructured | undefined> = {
  json_schema: 'json_object',
  structured_outputs: 'json_object',
  json_object: 'none',
  none: undefined,
};
const STRUCTURED =
  /response_format|json_schema|json_object|structured_outputs|structured|grammar|schema/i;
const NOT_TAKEN = /unsupported|not supported|does not support|unrecognized|unknown|not permitted/i;

/** What is tried first with the server at an address. */
export function firstDialect({ structured, maxTokensField }: Settings, baseUrl: string): Dialect {
  const isOpenai = URL.parse(baseUrl)?.hostname === 'api.openai.com';
  return {
    structured,
    maxTokensField: maxTokensField ?? (isOpenai ? 'max_completion_tokens' : 'max_tokens'),
    temperature: true,
  };
}

/** What is done differently from now on, and how the reply says so. */
export interface DialectChange {
  change: Partial<Dialect>;
  code: 'structured-downgraded' | 'temperature-ignored' | 'field-renamed';
  message: string;
}

/**
 * What to do without, or by another name, after a server refused a request with these words; `undefined` where
 * nothing helps.
 */
export function concede(
  { structured, temperature, maxTokensField }: Dialect,
  request: LanguageRequest,
  refused: string,
): DialectChange | undefined {
  const weaker = WEAKER[structured];
  if (request.schema && weaker !== undefined && STRUCTURED.test(refused))
    return {
      change: { structured: weaker },
      code: 'structured-downgraded',
      message: `The server refused ${structured}: JSON is asked for by ${weaker} from now on.`,
    };
  if (!NOT_TAKEN.test(refused)) return undefined;
  if (request.temperature !== undefined && temperature && /temperature/.test(refused))
    return {
      change: { temperature: false },
      code: 'temperature-ignored',
      message: 'The model takes no such temperature: none is sent from now on.',
    };
  if (!refused.includes(maxTokensField)) return undefined;
  const other = maxTokensField === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  return {
    change: { maxTokensField: other },
    code: 'field-renamed',
    message: `The limit of tokens is sent as ${other} from now on.`,
  };
}
