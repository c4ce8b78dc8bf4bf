import { ComfygenError } from '../errors/comfygen-error.ts';
import { createHider } from '../errors/hider.ts';
import { secretsOf } from '../errors/secret-names.ts';
import type { CallContext, PartRef } from '../spec/index.ts';
import { monotonic } from '../util/clock.ts';
import { withinLimit } from '../util/settle.ts';
import { stringifyJson } from '../workflow/json.ts';
import { type Answer, type BodyError, createAnswer, excerpt, readBody } from './answer.ts';
import { type BaseAddress, readBase } from './base-address.ts';
import type { Incoming } from './exchange.ts';
import { isWebPage } from './file-type.ts';
import { failureText, networkFailure } from './network-failure.ts';
import { nodeHttp } from './node-request.ts';
import { LOGIN_HINT, responseError } from './response-error.ts';
import { sendRequest } from './send-request.ts';

const TIMEOUT_MS = 30_000;
/** Services queue a job, or even start a machine, before they answer. */
const SUBMIT_TIMEOUT_MS = 60_000;
const SILENCE_MS = 60_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** Of an answer that is an error so much is read. */
const ERROR_BYTES = 256 * 1024;
const REDIRECTS = 5;

/** Settings of an HTTP client: the part, the address of its service, and the headers with its key. */
export interface HttpClientOptions {
  /** The part that every error names. */
  part: PartRef;
  /**
   * An http(s) address, read at each call. A path in it is kept before the paths of requests, a query is sent with each
   * of them, and `user:password@` becomes basic authorization. What may be a key in any of these is never shown.
   */
  baseUrl(): string;
  /**
   * Sent to the origin of `baseUrl` and nowhere else; read at each call, so that `loadSetting` looks a key up late.
   * Their values count as secrets, but for those of `accept`, `content-type`, `user-agent` and `prefer`.
   */
  headers?: (() => Readonly<Record<string, string>>) | undefined;
  /** Other texts that no error may show, of 4 characters or more: keys that go into a body, a token in an address. */
  secrets?: (() => readonly (string | undefined)[]) | undefined;
  /** Used in place of the platform's `fetch`, for proxies and tests. */
  fetch?: typeof fetch | undefined;
}

/** Method, body and limits of one request. */
export interface HttpRequest {
  /** Default `GET`. Redirects are followed for GET alone. */
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | undefined;
  /** Values that are `undefined` are left out. */
  query?: Readonly<Record<string, string | number | undefined>> | undefined;
  /** Besides those of the client, and to its own origin only. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. A `bigint` is written as a whole number, so a graph's 64-bit seed stays exact. */
  json?: unknown;
  /** Sent as it is, in place of `json`. */
  body?: string | FormData | undefined;
  /** How long the whole exchange may take, in milliseconds. Default 30,000; of a submit 60,000. */
  timeoutMs?: number | undefined;
  /** The largest answer that is read, in bytes; a larger one is PAYLOAD_TOO_LARGE. Default 64 MiB. */
  maxBytes?: number | undefined;
  /** Reads the answer's JSON, one above 1 MiB in pieces. Default `JSON.parse`. */
  parse?: ((text: string) => unknown) | undefined;
  /** Statuses of 300 and above that the caller reads itself; others are errors. Default none. */
  accept?: readonly number[] | undefined;
  /**
   * For small answers that are waited for, over `http:`: in Node it goes past the platform's `fetch`, where nobody has
   * changed that, which saves a millisecond or two. The answer comes uncompressed. Default false.
   */
  plain?: boolean | undefined;
  /** The request may create a job: if a failure leaves that unknown, it is SUBMIT_UNKNOWN. Default false. */
  submit?: boolean | undefined;
  /**
   * For how long a GET that failed in a way that may pass is tried again, in milliseconds. Default 0. Core
   * already repeats `inspect` and `download`: this is for what they need besides.
   */
  graceMs?: number | undefined;
}

/** A request whose answer is read while it comes. `timeoutMs` is the limit until it begins. */
export interface StreamRequest extends Pick<HttpRequest, 'query' | 'headers' | 'timeoutMs'> {
  /** How long nothing may come, in milliseconds, before the stream counts as broken. Default 60,000. */
  silenceMs?: number | undefined;
}

/** Talks to one service. Each request is sent once, unless it is a GET with `graceMs`. */
export interface HttpClient {
  /**
   * The address of a path below the base; an absolute URL stays as it is. What the base has after `?` is left out, and
   * sent with each request all the same.
   */
  url(path: string, query?: HttpRequest['query']): URL;
  /**
   * The answer, where its status is below 300 or one that `accept` names. Rejects with the reason of `ctx.signal`.
   *
   * @throws UNAVAILABLE where nothing was sent, HOST_FAULT where the outcome is unknown (SUBMIT_UNKNOWN for a
   * submit), PROTOCOL for an answer that makes no sense, else what the status stands for: AUTH, PAYMENT, FORBIDDEN,
   * NOT_FOUND, PAYLOAD_TOO_LARGE, RATE_LIMITED with `retryAfterMs`, and of a submit INVALID_WORKFLOW for 400 and 422.
   * `details` has the `status` and the `body`, without secrets
   */
  send(path: string, ctx: CallContext, request?: HttpRequest): Promise<Answer>;
  /**
   * The pieces of a GET's answer as they come. Sent once, when the first piece is asked for; closed when the
   * loop over it ends. @throws as `send` does, and HOST_FAULT where it breaks off or falls silent
   */
  stream(path: string, ctx: CallContext, request?: StreamRequest): AsyncGenerator<Uint8Array>;
  /** The headers that go to the service's origin, authorization included. */
  headers(): Record<string, string>;
  /** What the base has after `?`, for a socket: it may be a key. */
  query(): Record<string, string>;
  /** A text without secrets: for whatever a service says that goes into a failure, a warning or an error of yours. */
  hide(text: string): string;
}

type Fail = (
  code: 'UNAVAILABLE' | 'HOST_FAULT' | 'PROTOCOL' | 'PAYLOAD_TOO_LARGE',
  what: string,
  cause?: unknown,
  details?: Record<string, unknown>,
) => ComfygenError;

/**
 * A client for one service. It has no state but its options, and does nothing before its first request.
 *
 * ```ts
 * const http = createHttpClient({
 *   part: { role: 'executor', name: 'pixel-oven' },
 *   baseUrl: () => 'https://oven.example/v1',
 *   headers: () => ({ authorization: `Bearer ${loadSetting({ … })}` }),
 * });
 * const answer = await http.send('bakes', ctx, { method: 'POST', submit: true, json: { graph: plan.workflow } });
 * ```
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { part } = options;
  let known: { given: string; base: BaseAddress } | undefined;
  const base = () => {
    const given = options.baseUrl();
    // Before anything is sent, by a socket either: it looks at fetch as the host left it.
    if (known === undefined) nodeHttp();
    if (known?.given !== given) known = { given, base: readBase(given, part) };
    return known.base;
  };
  const headers = () => ({ ...base().auth, ...options.headers?.() });
  let hider = { secrets: '', hide: createHider([]) };
  const hide = (text: string) => {
    const given = options.secrets?.() ?? [];
    const all = [...secretsOf(headers()), ...base().secrets, ...given];
    const secrets = JSON.stringify(all);
    // Made anew only where a key has changed.
    if (secrets !== hider.secrets) hider = { secrets, hide: createHider(all) };
    return hider.hide(text);
  };
  const url: HttpClient['url'] = (path, query = {}) => {
    const whole = new URL(
      /^https?:\/\//i.test(path) ? path : base().prefix + path.replace(/^\/+/, ''),
    );
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) whole.searchParams.set(name, String(value));
    return whole;
  };

  /** One exchange, redirects included. */
  const exchange = async (first: URL, request: HttpRequest, signal: AbortSignal) => {
    const {
      method = 'GET',
      json,
      plain = false,
      body = json === undefined ? undefined : stringifyJson(json),
    } = request;
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    const { origin, query } = base();
    let target = first;
    for (let hops = 0; ; hops += 1) {
      const own = target.origin === origin;
      const sent = own ? withQuery(target, query) : target;
      const all = checkHeaders(own ? { ...headers(), ...type, ...request.headers } : type);
      const outgoing = { url: sent, method, headers: all, body, signal, plain };
      const response = await sendRequest(outgoing, options.fetch);
      const next = method === 'GET' && hops < REDIRECTS ? redirectOf(response, target) : undefined;
      if (next === undefined) return response;
      await response.body?.cancel().catch(() => {});
      target = next;
    }
  };

  /** The headers as they can be sent. */
  const checkHeaders = (all: Record<string, string>) => {
    for (const [name, value] of Object.entries(all)) {
      if (/^[\w-]+$/.test(name) && /^[ -~]*$/.test(value)) continue;
      try {
        new Headers([[name, value]]);
      } catch {
        const shown = /^[\w-]+$/.test(name) ? ` ${name}` : '';
        const message = `${part.name} can't send the header${shown}: it has characters that no header may have.`;
        throw new ComfygenError('INVALID_OPTIONS', message, { part, hide });
      }
    }
    return all;
  };

  const where = (method: string, { origin, pathname }: URL) =>
    hide(`${method} ${origin}${pathname}`);
  const loginError = (target: URL, { method = 'GET' }: HttpRequest, page: string) =>
    new ComfygenError(
      'AUTH',
      `${where(method, target)} was sent to ${hide(page)}, as by a login.`,
      {
        part,
        details: { hint: LOGIN_HINT },
      },
    );
  const failer =
    (place: () => string, submit = false): Fail =>
    (code, what, cause, details) =>
      new ComfygenError(
        submit && code !== 'UNAVAILABLE' ? 'SUBMIT_UNKNOWN' : code,
        `${place()} ${what}`,
        { part, details, cause, hide },
      );

  /** The answer's head; its body is still to be read. */
  const connect = async (target: URL, request: HttpRequest, signal: AbortSignal, fail: Fail) => {
    let response: Incoming;
    try {
      response = await exchange(target, request, signal);
    } catch (error) {
      if (ComfygenError.is(error)) throw error;
      const refused = networkFailure(error) === 'refused';
      const why = hide(failureText(error));
      throw refused
        ? fail('UNAVAILABLE', `could not be sent: ${why}`, error)
        : fail('HOST_FAULT', `was cut off: ${why}`, error);
    }
    // A browser keeps from us where to.
    if (response.type === 'opaqueredirect') throw loginError(target, request, 'another page');
    return response;
  };

  const readWhole = async (
    response: Incoming,
    { maxBytes = MAX_BYTES, submit = false, parse = JSON.parse, accept = [] }: HttpRequest,
    fail: Fail,
  ): Promise<Answer> => {
    // Of an error the beginning tells enough.
    const isError = response.status >= 300 && !accept.includes(response.status);
    const most = isError ? Math.min(maxBytes, ERROR_BYTES) : maxBytes;
    const bytes = await readBody(response, most, isError).catch((error: unknown) => {
      const { kind, message } = error as BodyError;
      throw fail(kind === 'too-large' ? 'PAYLOAD_TOO_LARGE' : 'HOST_FAULT', `failed: ${message}`);
    });
    const notJson = (text: string) => {
      const what = text === '' ? 'answered with nothing.' : `answered no JSON: ${excerpt(text)}`;
      return fail('PROTOCOL', what);
    };
    return createAnswer(response, bytes, { part, submit, notJson, parse });
  };

  const once = async (path: string, ctx: CallContext, request: HttpRequest): Promise<Answer> => {
    const { method = 'GET', submit = false } = request;
    const { timeoutMs = submit ? SUBMIT_TIMEOUT_MS : TIMEOUT_MS } = request;
    const target = url(path, request.query);
    // Told only where it fails: it takes secrets out.
    const place = () => where(method, target);
    const fail = failer(place, submit);
    // Such a request may still be at work: unlike one that was cut off.
    const timedOut = { timedOut: true };
    const late = () =>
      fail('HOST_FAULT', `gave no answer within ${timeoutMs} ms.`, undefined, timedOut);
    let sentTo: string | undefined;
    const answer = await withinLimit(ctx, timeoutMs, late, async (signal) => {
      const response = await connect(target, request, signal, fail);
      const whole = await readWhole(response, request, fail);
      const page = URL.parse(response.url)?.pathname ?? target.pathname;
      if (page === target.pathname) return whole;
      if (isWebPage(whole.bytes)) throw loginError(target, request, page);
      sentTo = page;
      return whole;
    });
    if (answer.status < 300 || request.accept?.includes(answer.status)) return answer;
    const now = ctx.clock.now();
    throw responseError({ part, where: place(), answer, submit, hide, now, sentTo });
  };

  return {
    url,
    headers,
    query: () => base().query,
    hide,
    async *stream(path, ctx, { timeoutMs = TIMEOUT_MS, silenceMs = SILENCE_MS, ...request } = {}) {
      const target = url(path, request.query);
      const place = () => where('GET', target);
      const fail = failer(place);
      const late = () => fail('HOST_FAULT', `gave no answer within ${timeoutMs} ms.`);
      const response = await withinLimit(ctx, timeoutMs, late, async (signal) => {
        const head = await connect(target, request, signal, fail);
        if (head.status < 300) return head;
        const answer = await readWhole(head, {}, fail);
        throw responseError({
          part,
          where: place(),
          answer,
          submit: false,
          hide,
          now: ctx.clock.now(),
        });
      });
      const silent = () => fail('HOST_FAULT', `said nothing for ${silenceMs} ms.`);
      const reader = response.body?.getReader();
      if (reader === undefined) return;
      try {
        for (;;) {
          const { done, value } = await withinLimit(ctx, silenceMs, silent, () =>
            reader.read().catch((error: unknown) => {
              throw fail('HOST_FAULT', `broke off: ${hide(failureText(error))}`, error);
            }),
          );
          if (done || value === undefined) return;
          yield value;
        }
      } finally {
        // The connection is closed, and a read that nobody waits for any more ends.
        await reader.cancel().catch(() => {});
      }
    },
    async send(path, ctx, request = {}) {
      const { method = 'GET', graceMs = 0 } = request;
      const end = method === 'GET' ? monotonic(ctx.clock) + graceMs : 0;
      for (let pause = 250; ; pause = Math.min(2_000, pause * 1.5)) {
        try {
          return await once(path, ctx, request);
        } catch (error) {
          ctx.signal.throwIfAborted();
          const passing = ComfygenError.is(error) && error.retryable;
          const wait = passing ? (error.retryAfterMs ?? pause) : 0;
          if (!passing || method !== 'GET' || monotonic(ctx.clock) + wait > end) throw error;
          await ctx.clock.sleep(wait, ctx.signal);
        }
      }
    },
  };
}

function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(query))
    if (!whole.searchParams.has(name)) whole.searchParams.set(name, value);
  return whole;
}

function redirectOf(response: Incoming, from: URL): URL | undefined {
  const location = response.headers.get('location');
  if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return undefined;
  if (!URL.canParse(location, from.href)) return undefined;
  const next = new URL(location, from.href);
  return /^https?:$/.test(next.protocol) ? next : undefined;
}
