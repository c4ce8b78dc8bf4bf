import type { OpenaiStructured, Settings } from './options.ts';

/** What a server turned out to take: compatible ones differ, and so do models of one server. */
export interface Dialect {
  structured: OpenaiStructured;
  maxTokensField: 'max_tokens' | 'max_completion_tokens';
  temperature: boolean;
}

const WEAKER: Record<OpenaiStructured, OpenaiStructured | undefined> = {
  json_schema: 'json_object',
  guided_json: 'json_object',
  json_object: 'none',
  none: undefined,
};
const STRUCTURED = /response_format|json_schema|json_object|guided_json|structured|grammar|schema/i;
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

/** What is done differently from now on, and the warning that says so. */
export interface Concession {
  change: Partial<Dialect>;
  code: 'structured-downgraded' | 'temperature-ignored' | 'field-renamed';
  message: string;
}

/** What to do without, or by another name, after the server found that wrong with a body; `undefined` where nothing helps. */
export function concede(
  { structured }: Dialect,
  body: object,
  refused: string | undefined,
): Concession | undefined {
  if (refused === undefined) return undefined;
  const weaker = WEAKER[structured];
  const asksForJson = 'response_format' in body || 'guided_json' in body;
  if (asksForJson && weaker !== undefined && STRUCTURED.test(refused))
    return {
      change: { structured: weaker },
      code: 'structured-downgraded',
      message: `The server refused ${structured}: JSON is asked for by ${weaker} from now on.`,
    };
  if (!NOT_TAKEN.test(refused)) return undefined;
  if ('temperature' in body && /temperature/.test(refused))
    return {
      change: { temperature: false },
      code: 'temperature-ignored',
      message: 'The model takes no such temperature: none is sent from now on.',
    };
  if ('max_tokens' in body && /max_tokens/.test(refused)) return rename('max_completion_tokens');
  if ('max_completion_tokens' in body && /max_completion_tokens/.test(refused))
    return rename('max_tokens');
  return undefined;
}

function rename(maxTokensField: Dialect['maxTokensField']): Concession {
  const message = `The limit of tokens is sent as ${maxTokensField} from now on.`;
  return { change: { maxTokensField }, code: 'field-renamed', message };
}
