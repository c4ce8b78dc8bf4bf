import type { ErrorCode } from '../errors/codes.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type { PartRef } from '../spec/index.ts';
import { type Answer, excerpt } from './answer.ts';

const BY_STATUS: { readonly [status: number]: ErrorCode } = {
  401: 'AUTH',
  402: 'PAYMENT',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  407: 'AUTH',
  408: 'HOST_FAULT',
  410: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  425: 'HOST_FAULT',
  429: 'RATE_LIMITED',
};

/** What an error about an answer is made of. */
export interface Refusal {
  part: PartRef;
  /** Method, origin and path, without query. */
  where: string;
  answer: Answer;
  /** On a submit: 400 and 422 are about the workflow, and a failure leaves its outcome open. */
  submit: boolean;
  /** Takes the executor's keys out of a text. */
  hide(text: string): string;
  now: number;
  /** The path that a redirect led to, where there was one. */
  sentTo?: string | undefined;
}

/** The error that an answer of 300 and above stands for. `details` has `status` and, where it is JSON, the `body`. */
export function responseError(refusal: Refusal): ComfygenError {
  const { part, where, answer, submit, hide, now, sentTo } = refusal;
  const { status, headers } = answer;
  const body = bodyOf(answer, hide);
  const retryAfterMs = readRetryAfter(headers, body, now);
  const elsewhere = status < 400 ? redirectOf(headers, where) : undefined;
  const told = elsewhere?.told ?? sentenceOf(body);
  const message = hide(`${where} answered ${status}${told ? `: ${told}` : ', with nothing in it'}`);
  const facts = { part, hide, retryAfterMs, details: { status, body, ...(sentTo && { sentTo }) } };
  if (elsewhere?.login)
    return new ComfygenError('AUTH', message, { part, details: { status, hint: LOGIN_HINT } });
  // Whoever sends elsewhere has taken nothing.
  if (elsewhere && submit)
    return new ComfygenError('UNAVAILABLE', message, { ...facts, retryable: false });
  if (submit && status >= 500) {
    // A service that says when to come back has not taken the job.
    const refused = status === 503 && retryAfterMs !== undefined;
    return new ComfygenError(refused ? 'UNAVAILABLE' : 'SUBMIT_UNKNOWN', message, facts);
  }
  return new ComfygenError(codeOf(status, submit), message, facts);
}

function codeOf(status: number, submit: boolean): ErrorCode {
  const known = BY_STATUS[status];
  if (known) return known;
  if (status >= 500) return 'HOST_FAULT';
  if (submit && (status === 400 || status === 422)) return 'INVALID_WORKFLOW';
  return 'PROTOCOL';
}

/** The body as JSON, else the beginning of its text; without keys either way. */
function bodyOf(answer: Answer, hide: (text: string) => string): unknown {
  const text = hide(answer.text());
  try {
    return JSON.parse(text);
  } catch {
    return excerpt(text, 2_000);
  }
}

/** The sentence for a person that services put under one of these names. */
function sentenceOf(body: unknown): string {
  if (typeof body === 'string') return excerpt(body);
  if (typeof body !== 'object' || body === null) return excerpt(JSON.stringify(body) ?? '');
  const { message, error, detail, title } = body as { [key: string]: unknown };
  for (const told of [message, error, detail, title]) {
    if (typeof told === 'string' && told !== '') return excerpt(told);
    const inner = (told as { message?: unknown } | undefined)?.message;
    if (typeof inner === 'string' && inner !== '') return excerpt(inner);
  }
  return excerpt(JSON.stringify(body));
}

export const LOGIN_HINT =
  'Where a login stands before the service, send what it wants with each request, by the option `headers`.';

/**
 * Where a redirect leads that is not followed, without its query: to the same call at another address, else to another
 * page, which is what a login does.
 */
function redirectOf(headers: Headers, where: string): { login: boolean; told: string } | undefined {
  const from = new URL(where.slice(where.indexOf(' ') + 1));
  const to = URL.parse(headers.get('location') ?? '', from);
  if (to === null) return undefined;
  const page = `${to.origin === from.origin ? '' : to.origin}${to.pathname}`;
  if (lastStep(to) !== lastStep(from))
    return { login: true, told: `it sends to ${page}, as a login does, and accepted nothing` };
  const told = to.origin === from.origin ? '' : `it is at ${to.origin}; give that address`;
  return { login: false, told };
}

const lastStep = ({ pathname }: URL) => pathname.replace(/\/+$/, '').split('/').at(-1);

const SECONDS = 1_000;

/**
 * How long a service asks to wait, in milliseconds: the header `retry-after-ms`, else `Retry-After` in seconds or as a
 * date, else `retry_after` in seconds in the parsed `body`, else a number in its `detail` ("resets in ~30s").
 * `undefined` where it says nothing; 0 for a time that has passed. `now` is in milliseconds since the epoch.
 */
export function readRetryAfter(headers: Headers, body: unknown, now: number): number | undefined {
  const exact = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const header = headers.get('retry-after')?.trim();
  if (header) {
    const seconds = Number(header);
    if (Number.isFinite(seconds)) return Math.max(0, seconds * SECONDS);
    const date = Date.parse(header);
    if (Number.isFinite(date)) return Math.max(0, date - now);
  }
  if (typeof body !== 'object' || body === null) return undefined;
  const { retry_after: given, detail } = body as { retry_after?: unknown; detail?: unknown };
  const seconds = typeof given === 'string' ? Number.parseFloat(given) : given;
  if (typeof seconds === 'number' && Number.isFinite(seconds))
    return Math.max(0, seconds * SECONDS);
  const told =
    typeof detail === 'string'
      ? /(\d+(?:\.\d+)?)\s*(ms|s|sec|second|m|min|minute)/i.exec(detail)
      : null;
  if (told === null) return undefined;
  const unit = told[2]!.toLowerCase();
  return Number(told[1]) * (unit === 'ms' ? 1 : unit.startsWith('m') ? 60 * SECONDS : SECONDS);
}
