import { excerpt, failureText } from 'comfygen/http';
import { ComfygenError, type ErrorCode, type PartRef } from 'comfygen/plugin';
import type { RefusedAnswer, Traffic } from './traffic.ts';

const BY_STATUS: { readonly [status: number]: ErrorCode } = {
  401: 'AUTH',
  402: 'PAYMENT',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  407: 'AUTH',
  408: 'UNAVAILABLE',
  409: 'UNAVAILABLE',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'RATE_LIMITED',
};

const REMEDIES: { readonly [code in ErrorCode]?: string } = {
  AUTH: 'Check the key.',
  PAYMENT: 'Top up the account.',
  NOT_FOUND:
    "Check the model's id, and baseUrl: most servers of chat completions want /v1 at its end.",
  PAYLOAD_TOO_LARGE: 'Ask with less text, or a model of a larger context.',
};
/** Providers tell an empty account and a full context by words only, under 400 and 429. */
const NO_CREDIT = /insufficient_quota|billing_error|credit balance|exceeded your current quota/i;
const TOO_LONG =
  /context_length_exceeded|prompt is too long|maximum context length|exceeds? the (available )?context|context window/i;

/** Takes a key out of a text, also in the form that it has in a URL. */
export type Hide = (text: string) => string;

/** What a failed call means, whatever the SDK threw: a refusal by its status and words, else no connection. */
export function providerError(
  part: PartRef,
  where: string,
  { refused, attempts }: Pick<Traffic, 'refused' | 'attempts'>,
  error: unknown,
  hide: Hide,
): ComfygenError {
  if (ComfygenError.is(error)) return error;
  if (refused !== undefined) return refusalError(part, where, refused, attempts, hide);
  if (error instanceof SyntaxError) return protocolError(part, where, 'something that is no JSON');
  const reason = excerpt(hide(failureText(error)), 600).replace(/\.$/, '');
  if (attempts === 0)
    return new ComfygenError('PART_FAILED', `${part.name} could not make the request: ${reason}`, {
      part,
    });
  const message = `${where} could not be reached, or broke off: ${reason}. Check the address, and that the server runs.`;
  return new ComfygenError('UNAVAILABLE', message, { part, details: { attempts } });
}

/** An answer with a good status that makes no sense. */
export function protocolError(part: PartRef, where: string, what: string): ComfygenError {
  const message = `${where} answered with ${what}. Check baseUrl: is it the API's address?`;
  return new ComfygenError('PROTOCOL', message, { part });
}

function refusalError(
  part: PartRef,
  where: string,
  { status, headers, text, retryAfterMs }: RefusedAnswer,
  attempts: number,
  hide: Hide,
): ComfygenError {
  const code = codeOf(status, text);
  const told = redirectTarget(headers) || hide(sentenceOf(text)) || 'nothing';
  const requestId = headers.get('request-id') ?? headers.get('x-request-id') ?? undefined;
  const remedy = REMEDIES[code];
  const sentence = `${where} answered ${status}: ${told.replace(/\.$/, '')}.`;
  return new ComfygenError(code, remedy ? `${sentence} ${remedy}` : sentence, {
    part,
    retryAfterMs,
    details: { status, attempts, ...(requestId && { requestId }) },
    // What was refused once is refused again.
    ...(code === 'PROTOCOL' && { retryable: false }),
  });
}

function codeOf(status: number, text: string): ErrorCode {
  const worded = status === 400 || status === 422 || status === 429;
  if (worded && NO_CREDIT.test(text)) return 'PAYMENT';
  if (status !== 429 && worded && TOO_LONG.test(text)) return 'PAYLOAD_TOO_LARGE';
  return BY_STATUS[status] ?? (status >= 500 ? 'UNAVAILABLE' : 'PROTOCOL');
}

/** The sentence for a person in an error's body, wherever servers put it; else the beginning of the body. */
export function sentenceOf(text: string): string {
  const told = messageIn(parse(text));
  return excerpt(told ?? text);
}

function messageIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { message, error, detail } = value as { [key: string]: unknown };
  return messageIn(message) ?? messageIn(error) ?? messageIn(detail);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function redirectTarget(headers: Headers): string | undefined {
  const origin = URL.parse(headers.get('location') ?? '')?.origin;
  return origin && `it is at ${origin}; give that address as baseUrl`;
}
