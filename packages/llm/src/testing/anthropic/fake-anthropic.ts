import type { JsonObject } from 'comfygen/plugin';
import { type FakeProvider, keyOf, readObject, startServer } from '../fake-server.ts';
import { type FakeCall, type FakeScript, Refusal, replyTo } from '../reply.ts';
import { answerWith, forcedTool } from './answer.ts';
import { blocksOf, checkRequest } from './check-request.ts';
import { errorAnswer, invalidRequest } from './envelope.ts';
import { createPromptCache } from './prompt-cache.ts';
import type { MessagesRequest } from './request-schema.ts';

/** Anthropic's Messages API on 127.0.0.1. */
export type FakeAnthropic = FakeProvider<FakeScript>;

/** Settings of the fake. */
export interface FakeAnthropicOptions {
  /** The replies of the model. Default: the text `ok`. */
  script?: FakeScript | undefined;
  /** The API key that is accepted. Default: any. */
  apiKey?: string | undefined;
  /** The models that exist. Default: any. */
  models?: readonly string[] | undefined;
  /** Top-level fields that this server does not know, as older ones: `output_config`. Default: none. */
  unsupported?: readonly string[] | undefined;
  /** The shortest prefix that the prompt cache keeps, in tokens of four characters. Default: 1,024. */
  minCachedTokens?: number | undefined;
}

/**
 * Starts a server that speaks Anthropic's Messages API, without streaming: it refuses what the API refuses, and
 * answers the rest by the script. Close it when the test is over.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export async function createFakeAnthropic(
  options: FakeAnthropicOptions = {},
): Promise<FakeAnthropic> {
  const { unsupported = [], minCachedTokens = 1_024 } = options;
  let script = options.script ?? 'ok';
  const calls: FakeCall[] = [];
  const count = createPromptCache(minCachedTokens);

  const read = (headers: Record<string, string>, text: string): MessagesRequest => {
    const key = keyOf(headers);
    if (!key || (options.apiKey !== undefined && key !== options.apiKey))
      throw new Refusal(errorAnswer(401, 'invalid x-api-key'));
    if (headers['anthropic-version'] === undefined)
      throw invalidRequest('anthropic-version: header is required');
    const body = readObject(text);
    if (body === undefined) throw invalidRequest('The request body is not valid JSON');
    const unknown = unsupported.find((field) => field in body);
    if (unknown !== undefined) throw invalidRequest(`${unknown}: Extra inputs are not permitted`);
    const request = checkRequest(body);
    if (options.models?.includes(request.model) === false)
      throw new Refusal(errorAnswer(404, `model: ${request.model}`));
    return request;
  };

  const server = await startServer(async ({ method, path, headers, body }) => {
    if (method !== 'POST' || path !== '/v1/messages') return errorAnswer(404, 'Not Found');
    try {
      const request = read(headers, body);
      const call = readCall(request, calls.length + 1);
      calls.push(call);
      const tokens = count(request);
      return answerWith(await replyTo(script, call), request, tokens);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  });

  return {
    baseUrl: server.origin,
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

function readCall(request: MessagesRequest, number: number): FakeCall {
  const messages = request.messages.map(({ role, content }) => {
    const blocks =
      typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
    const texts = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : []));
    return { role, text: texts.join('\n\n'), images: blocks.length - texts.length };
  });
  const system = blocksOf(request.system).map(({ text }) => text);
  return {
    number,
    model: request.model,
    system: system.join('\n\n'),
    messages,
    prompt: messages.at(-1)?.text ?? '',
    schema: (request.output_config?.format?.schema ?? forcedTool(request)?.input_schema) as
      | JsonObject
      | undefined,
    body: request as unknown as JsonObject,
  };
}
