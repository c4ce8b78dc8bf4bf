import type { KyInstance } from 'ky';
import type { Incoming, Outgoing } from './exchange.ts';
import { nodeHttp, requestByNode } from './node-request.ts';

/** Sends a request: by the fetch that is given, which gets a `Request`, else by the quickest way that is all the same. */
export async function sendRequest(
  { url, plain, ...request }: Outgoing,
  given: typeof fetch | undefined,
): Promise<Incoming> {
  if (given) {
    const options = { retry: 0, timeout: false, throwHttpErrors: false } as const;
    const init = { ...request, body: request.body ?? null, redirect: 'manual' } as const;
    return (await loadKy())(url, { ...init, ...options, fetch: given as never });
  }
  const { body, ...rest } = request;
  const http = plain ? nodeHttp() : undefined;
  if (http && url.protocol === 'http:' && typeof body !== 'object')
    return requestByNode(http, { ...rest, url, body });
  return globalThis.fetch(url, { ...rest, body: body ?? null, redirect: 'manual' });
}

let loading: Promise<KyInstance> | undefined;

/** Loaded with the first request that needs it: ky starts the platform's fetch at once, which takes long. */
function loadKy(): Promise<KyInstance> {
  loading ??= import('ky').then((module) => module.default);
  return loading;
}
