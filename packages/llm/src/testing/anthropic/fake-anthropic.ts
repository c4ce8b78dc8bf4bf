import type { JsonObject } from 'comfygen/plugin';
import { type FakeProvider, keyOf, readObject, startServer } from '../fake-server.ts';
import {
  type Answer,
  countTokens,
  type FakeCall,
  type FakeReply,
  type FakeScript,
  Refusal,
  replyTo,
  retryHeaders,
} from '../reply.ts';
import { blocksOf, checkRequest } from './check-request.ts';
import { errorAnswer, invalidRequest } from './envelope.ts';
import { createPromptCache, type InputTokens } from './prompt-cache.ts';
import type { MessagesRequest } from './request-schema.ts';

/** Anthropic's Messages API on 127.0.0.1. */
export type FakeAnthropic = FakeProvider<FakeScript>;

/** Settings of the fake. */
export interface FakeAnthropicOptions {
  /** What answers. Default: the text `ok`. */
  script?: FakeScript | undefined;
  /** The key that is right. Default: any. */
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

function forcedTool({ tools, tool_choice: choice }: MessagesRequest) {
  return choice?.type === 'tool' ? tools?.find(({ name }) => name === choice.name) : undefined;
}

function answerWith(reply: FakeReply, request: MessagesRequest, tokens: InputTokens) {
  if (typeof reply === 'string') return message(request, tokens, { text: reply });
  switch (reply.kind) {
    case 'text':
      return message(request, tokens, reply);
    case 'truncated':
      return message(request, tokens, { text: reply.text, stop: 'max_tokens' });
    case 'refusal':
      return message(request, tokens, { text: reply.text ?? '', stop: 'refusal' });
    case 'error':
      return errorAnswer(reply.status, reply.message ?? 'The fake was told to fail.', reply);
    case 'rate-limited':
      return errorAnswer(429, 'This request would exceed your rate limit.', {
        headers: retryHeaders(reply),
      });
    case 'overloaded':
      return errorAnswer(529, 'Overloaded');
    default:
      return reply;
  }
}

function message(
  request: MessagesRequest,
  { read, written, plain }: InputTokens,
  { text, thinking, stop }: { text: string; thinking?: string | undefined; stop?: string },
): Answer {
  const tool = stop === undefined ? forcedTool(request) : undefined;
  const input = tool && readObject(text);
  const answer = input
    ? { type: 'tool_use', id: 'toolu_fake', name: tool.name, input, caller: { type: 'direct' } }
    : { type: 'text', text, citations: null };
  return {
    status: 200,
    headers: { 'request-id': 'req_fake' },
    body: {
      id: 'msg_fake',
      type: 'message',
      role: 'assistant',
      model: request.model,
      container: null,
      content: [
        ...(thinking === undefined ? [] : [{ type: 'thinking', thinking, signature: 'fake' }]),
        ...(text === '' ? [] : [answer]),
      ],
      stop_reason: stop ?? (input ? 'tool_use' : 'end_turn'),
      stop_sequence: null,
      stop_details:
        stop === 'refusal' ? { type: 'refusal', category: null, explanation: text || null } : null,
      usage: {
        input_tokens: plain,
        cache_creation_input_tokens: written,
        cache_read_input_tokens: read,
        cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
        output_tokens: countTokens(text + (thinking ?? '')),
        output_tokens_details: null,
        server_tool_use: null,
        service_tier: 'standard',
        inference_geo: null,
        speed: null,
      },
    },
  };
}
