import { type Answer, countTokens, type FakeReply, retryHeaders } from '../reply.ts';
import { errorAnswer } from './envelope.ts';
import type { CompletionRequest } from './request-schema.ts';

/** What the API sends for a reply of the script. */
export function answerWith(reply: FakeReply, request: CompletionRequest, cached: number) {
  if (typeof reply === 'string') return completion(request, cached, { text: reply });
  switch (reply.kind) {
    case 'text':
      return completion(request, cached, reply);
    case 'truncated':
      return completion(request, cached, { text: reply.text, finish: 'length' });
    case 'refusal':
      return completion(request, cached, { text: '', refusal: reply.text ?? 'I cannot help.' });
    case 'error':
      return errorAnswer(reply.status, reply.message ?? 'The fake was told to fail.', reply);
    case 'rate-limited':
      return errorAnswer(429, 'Rate limit reached for requests.', {
        code: 'rate_limit_exceeded',
        headers: retryHeaders(reply),
      });
    case 'overloaded':
      return errorAnswer(503, 'The server is currently overloaded with other requests.');
    default:
      return reply;
  }
}

function completion(
  request: CompletionRequest,
  cached: number,
  {
    text,
    thinking,
    refusal = null,
    finish = 'stop',
  }: { text: string; thinking?: string | undefined; refusal?: string | null; finish?: string },
): Answer {
  const promptTokens = countTokens(JSON.stringify(request.messages));
  const completionTokens = countTokens(text + (thinking ?? '') + (refusal ?? ''));
  return {
    status: 200,
    headers: { 'x-request-id': 'req_fake' },
    body: {
      id: 'chatcmpl-fake',
      object: 'chat.completion',
      created: 1_800_000_000,
      model: request.model,
      choices: [
        {
          index: 0,
          finish_reason: finish,
          logprobs: null,
          message: {
            role: 'assistant',
            content: refusal === null ? text : null,
            refusal,
            annotations: [],
            // vLLM, llama.cpp and OpenRouter put a model's thoughts beside its answer.
            ...(thinking !== undefined && { reasoning_content: thinking }),
          },
        },
      ],
      usage: {
        prompt_tokens: promptTokens,
        completion_tokens: completionTokens,
        total_tokens: promptTokens + completionTokens,
        prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
      },
    },
  };
}
