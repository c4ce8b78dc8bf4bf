import { readRetryAfter } from 'comfygen/http';
import type { CallContext, Warning } from 'comfygen/plugin';

/** An answer that is no success, read whole. */
export interface RefusedAnswer {
  status: number;
  headers: Headers;
  text: string;
  retryAfterMs: number | undefined;
}

/** Watches what an SDK sends in one call: it does not report its retries, and waits as long as a server asks. */
export interface Traffic {
  fetch: typeof fetch;
  /** Requests so far. */
  readonly attempts: number;
  /** The last answer, where it was no success. */
  readonly refused: RefusedAnswer | undefined;
  /** A warning where more than one request was needed. */
  warnings(): Warning[];
}

/** Watches a call. A server that asks to wait longer than `maxRetryAfterMs` is not asked again in it. */
export function watchTraffic(
  ctx: CallContext,
  {
    fetch: send = fetch,
    maxRetryAfterMs,
  }: { fetch?: typeof fetch | undefined; maxRetryAfterMs: number },
): Traffic {
  const failures: string[] = [];
  let attempts = 0;
  let refused: RefusedAnswer | undefined;

  const watched: typeof fetch = async (input, init) => {
    attempts += 1;
    refused = undefined;
    let response: Response;
    try {
      // A key must not follow a redirect to another server.
      response = await send(input, { ...init, redirect: 'manual' });
    } catch (error) {
      failures.push('no connection');
      throw error;
    }
    if (response.ok) return response;
    // Browsers tell no more of a redirect than that it is one.
    if (response.type === 'opaqueredirect')
      throw new TypeError('the server redirects to another address');
    failures.push(String(response.status));
    const retryAfterMs = readRetryAfter(response.headers, undefined, ctx.clock.now());
    const text = await response.text();
    const headers = new Headers(response.headers);
    if (retryAfterMs !== undefined && retryAfterMs > maxRetryAfterMs)
      headers.set('x-should-retry', 'false');
    refused = { status: response.status, headers, text, retryAfterMs };
    // Statuses without a body, as 304, refuse even an empty one.
    return new Response(text || null, { status: response.status, headers });
  };

  return {
    fetch: watched,
    get attempts() {
      return attempts;
    },
    get refused() {
      return refused;
    },
    warnings() {
      if (attempts < 2) return [];
      const message = `The request was sent ${attempts} times; before: ${failures.join(', ')}.`;
      return [{ code: 'request-retried', message, details: { attempts, failures } }];
    },
  };
}
