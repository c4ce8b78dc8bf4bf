import { z } from 'zod';
import type { ErrorCode } from '../errors/codes.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';

/** Settings for reading http(s) addresses. */
export interface FetchOptions {
  signal?: AbortSignal | undefined;
  /** Used in place of the platform's `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** How long the whole answer may take, in milliseconds. Default 30,000. */
  timeoutMs?: number | undefined;
  /** The most bytes that a file or an answer may have. Default 64 MiB. */
  maxBytes?: number | undefined;
}

export const fetchOptions = z.strictObject({
  signal: z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }).optional(),
  fetch: z
    .custom((value) => typeof value === 'function', { error: 'must be a function' })
    .optional(),
  timeoutMs: z.number().positive().optional(),
  maxBytes: z.int().min(1).optional(),
} satisfies Record<keyof FetchOptions, z.ZodType>);

export const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 5;

const STATUS_CODES: { [status: number]: ErrorCode } = {
  401: 'AUTH',
  402: 'PAYMENT',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  410: 'NOT_FOUND',
  429: 'RATE_LIMITED',
};

/**
 * The bytes at an http(s) address. No credentials are sent; at most five redirects are followed, none of
 * them from https to http. Throws NOT_FOUND, UNAVAILABLE, PAYLOAD_TOO_LARGE, CLIENT_TIMEOUT and the like;
 * an abort rethrows the signal's reason.
 */
export async function fetchBytes(url: URL, options: FetchOptions = {}): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const signal = AbortSignal.any([
    timeout,
    ...(options.signal === undefined ? [] : [options.signal]),
  ]);
  try {
    const response = await follow(url, { ...options, signal });
    return await readCapped(url, response, options.maxBytes ?? DEFAULT_MAX_BYTES);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (timeout.aborted)
      throw fault('CLIENT_TIMEOUT', url, 'did not answer in time', { cause: error });
    if (ComfygenError.is(error)) throw error;
    throw fault('UNAVAILABLE', url, 'could not be reached', { cause: error });
  }
}

async function follow(start: URL, options: FetchOptions): Promise<Response> {
  const call = options.fetch ?? globalThis.fetch;
  let url = start;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    requireHttp(url, start);
    const response = await call(url, {
      signal: options.signal ?? null,
      redirect: 'manual',
      credentials: 'omit',
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) {
      return requireOk(url, response);
    }
    await response.body?.cancel();
    url = new URL(location, url);
  }
  throw fault('PROTOCOL', start, `redirects more than ${MAX_REDIRECTS} times`, {
    retryable: false,
  });
}

function requireHttp(url: URL, start: URL): void {
  const secure = url.protocol === 'https:';
  if (!secure && url.protocol !== 'http:') {
    throw fault('PROTOCOL', start, `leads to ${url.protocol}, not http(s)`, { retryable: false });
  }
  if (!secure && start.protocol === 'https:') {
    throw fault('PROTOCOL', start, 'redirects from https to http', { retryable: false });
  }
  if (url.username !== '' || url.password !== '') {
    throw fault('INVALID_OPTIONS', url, 'carries a user name or password, which is not sent');
  }
}

async function requireOk(url: URL, response: Response): Promise<Response> {
  if (response.ok) return response;
  await response.body?.cancel();
  const { status } = response;
  const code = STATUS_CODES[status] ?? (status >= 500 ? 'UNAVAILABLE' : 'PROTOCOL');
  throw fault(code, url, `answered ${status}`, { details: { status } });
}

async function readCapped(url: URL, response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > maxBytes) {
      throw fault('PAYLOAD_TOO_LARGE', url, `answers more than ${maxBytes} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function fault(
  code: ErrorCode,
  url: URL,
  what: string,
  options: ConstructorParameters<typeof ComfygenError>[2] = {},
): ComfygenError {
  return new ComfygenError(code, `${withoutSecrets(url)} ${what}`, options);
}

/** The address as it may be shown: no user and no query, where keys and signatures travel. */
function withoutSecrets(url: URL): string {
  return `${url.origin === 'null' ? url.protocol : url.origin}${url.pathname}`;
}
