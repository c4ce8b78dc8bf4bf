import { readObject } from '../fake-server.ts';
import { type Answer, countTokens, type FakeReply, retryHeaders } from '../reply.ts';
import { errorAnswer } from './envelope.ts';
import type { InputTokens } from './prompt-cache.ts';
import type { MessagesRequest } from './request-schema.ts';

/** The tool that the model must use, where the request forces one. */
export function forcedTool({ tools, tool_choice: choice }: MessagesRequest) {
  return choice?.type === 'tool' ? tools?.find(({ name }) => name === choice.name) : undefined;
}

/** What the API sends for a reply of the script. */
export function answerWith(reply: FakeReply, request: MessagesRequest, tokens: InputTokens) {
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
