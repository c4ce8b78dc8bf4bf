import type { JsonObject } from 'comfygen/plugin';
import { type FakeProvider, keyOf, readObject, startServer } from '../fake-server.ts';
import { type FakeCall, type FakeScript, Refusal, replyTo } from '../reply.ts';
import { answerWith } from './answer.ts';
import { checkRequest } from './check-request.ts';
import { embed } from './embed.ts';
import { errorAnswer, invalidRequest } from './envelope.ts';
import type { CompletionRequest } from './request-schema.ts';

/** A server of OpenAI's chat completions on 127.0.0.1. */
export type FakeOpenai = FakeProvider<FakeScript>;

/** Settings of the fake. */
export interface FakeOpenaiOptions {
  /** The replies of the model. Default: the text `ok`. */
  script?: FakeScript | undefined;
  /** The only API key that is accepted; a request without one is refused. Default: none is needed. */
  apiKey?: string | undefined;
  /** The models that exist. Default: any. */
  models?: readonly string[] | undefined;
  /**
   * What this server refuses with 400, by field or by a value of `response_format`: `max_tokens`,
   * `temperature`, `response_format`, `json_schema`, `json_object`. Default: none.
   */
  unsupported?: readonly string[] | undefined;
  /** Fields of its own that it takes besides OpenAI's: `structured_outputs`. Default: none. */
  extra?: readonly string[] | undefined;
  /** The shortest prefix that the prompt cache keeps, in tokens of four characters. Default: 1,024. */
  minCachedTokens?: number | undefined;
}

/**
 * Starts a server that speaks OpenAI's chat completions, without streaming, and embeddings: it refuses what the API
 * refuses, and answers the rest by the script. Close it when the test is over.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export async function createFakeOpenai(options: FakeOpenaiOptions = {}): Promise<FakeOpenai> {
  const { unsupported = [], extra = [], minCachedTokens = 1_024 } = options;
  let script = options.script ?? 'ok';
  const calls: FakeCall[] = [];
  const prompts: string[] = [];

  const allow = (headers: Record<string, string>) => {
    const key = keyOf(headers);
    if (options.apiKey === undefined || key === options.apiKey) return;
    throw new Refusal(
      key === undefined
        ? errorAnswer(401, "You didn't provide an API key.")
        : errorAnswer(401, `Incorrect API key provided: ${key}.`, { code: 'invalid_api_key' }),
    );
  };
  const read = (text: string): CompletionRequest => {
    const body = readObject(text);
    if (body === undefined)
      throw invalidRequest('We could not parse the JSON body of your request.');
    const format = (body['response_format'] as { type?: string } | undefined)?.type;
    const refused = unsupported.find((name) => name in body || name === format);
    if (refused !== undefined) {
      const param = refused in body ? refused : 'response_format';
      throw invalidRequest(`Unsupported parameter: '${param}' is not supported with this model.`, {
        param,
        code: 'unsupported_parameter',
      });
    }
    const request = checkRequest(body, extra);
    if (options.models?.includes(request.model) === false)
      throw new Refusal(
        errorAnswer(404, `The model '${request.model}' does not exist.`, {
          code: 'model_not_found',
        }),
      );
    return { ...body, ...request };
  };
  const cachedTokens = (request: CompletionRequest) => {
    const prompt = JSON.stringify(request.messages);
    const shared = Math.max(0, ...prompts.map((earlier) => commonPrefix(earlier, prompt)));
    prompts.push(prompt);
    const tokens = Math.floor(shared / 4 / 128) * 128;
    return tokens >= minCachedTokens ? tokens : 0;
  };

  const server = await startServer(async ({ method, path, headers, body }) => {
    try {
      if (method !== 'POST') return errorAnswer(404, `Invalid URL (${method} ${path})`);
      allow(headers);
      if (path === '/v1/embeddings') return embed(readObject(body) ?? {});
      if (path !== '/v1/chat/completions')
        return errorAnswer(404, `Invalid URL (${method} ${path})`);
      const request = read(body);
      const call = readCall(request, calls.length + 1);
      calls.push(call);
      const cached = cachedTokens(request);
      return answerWith(await replyTo(script, call), request, cached);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  });

  return {
    baseUrl: `${server.origin}/v1`,
    requests: server.requests,
    calls,
    get script() {
      return script;
    },
    set script(next) {
      script = next;
    },
    received: server.received,
    close: server.close,
  };
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

function readCall(request: CompletionRequest, number: number): FakeCall {
  const all = request.messages.map(({ role, content }) => {
    const parts =
      typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
    const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
    return { role, text: texts.join('\n\n'), images: parts.length - texts.length };
  });
  const isSystem = ({ role }: { role: string }) => role === 'system' || role === 'developer';
  const messages = all.filter((message) => !isSystem(message));
  const format = request.response_format;
  const body = request as unknown as JsonObject;
  return {
    number,
    model: request.model,
    system: all
      .filter(isSystem)
      .map(({ text }) => text)
      .join('\n\n'),
    messages,
    prompt: messages.at(-1)?.text ?? '',
    schema: (format?.type === 'json_schema'
      ? format.json_schema.schema
      : (body['structured_outputs'] as JsonObject | undefined)?.['json']) as JsonObject | undefined,
    body,
  };
}
