import type { Incoming, Outgoing } from './exchange.ts';

type Http = ReturnType<typeof process.getBuiltinModule<'node:http'>>;
type NodeAnswer = InstanceType<Http['IncomingMessage']>;

/** Where undici keeps the dispatcher that fetch goes by: hosts put proxies and mocks there. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');
/** As `fetch.toString()` shows that fetch is the one of Node itself. */
const OWN_FETCH = /internal\/deps\/undici/;

const dispatcher = () => (globalThis as { [DISPATCHER]?: unknown })[DISPATCHER];

/** Fetch and its dispatcher as Node made them; `null` where that can't be told any more. */
let own: { http: Http; fetch: typeof fetch; dispatcher: unknown } | null | undefined;

/**
 * Node's own HTTP, where it does what fetch does: in Node, as long as nobody has replaced fetch or its dispatcher. That
 * can be told only where nobody had used fetch, or a socket, before the first call of this function. Fetch waits for a
 * timer before it uses a connection again (undici issue 5493), which is most of a small call.
 */
export function nodeHttp(): Http | undefined {
  if (own === undefined) own = lookAtFetch();
  return own?.fetch === globalThis.fetch && own.dispatcher === dispatcher() ? own.http : undefined;
}

function lookAtFetch(): typeof own {
  const { process, fetch } = globalThis as Partial<typeof globalThis>;
  if (!process?.getBuiltinModule || !fetch || dispatcher() !== undefined) return null;
  const http = OWN_FETCH.test(String(fetch)) && process.getBuiltinModule('node:http');
  // Starts fetch, which makes the dispatcher that we are to know again.
  void globalThis.Headers;
  return http && dispatcher() !== undefined ? { http, fetch, dispatcher: dispatcher() } : null;
}

/** What fetch sends by itself, but that nothing is to be compressed: it is not worth its time here. */
const HEADERS = { accept: '*/*', 'user-agent': 'node', 'accept-encoding': 'identity' };

/** Sends a request by Node's own HTTP and its global agent. Rejects with what fetch has as the cause of its errors. */
export function requestByNode(
  http: Http,
  {
    url,
    method,
    headers,
    body,
    signal,
  }: Omit<Outgoing, 'plain' | 'body'> & { body?: string | undefined },
): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    // Through `Headers`, which takes blanks off their ends.
    const sent = { ...HEADERS, ...Object.fromEntries(new Headers(headers)) };
    const request = http.request(url, { method, headers: sent, signal }, (answer) => {
      const chunks = decode(answer)[Symbol.asyncIterator]();
      const cancel = async () => void answer.destroy();
      const body = { getReader: () => ({ read, cancel }), cancel };
      const read = async () => {
        const { done = false, value } = await chunks.next();
        return { done, value };
      };
      const { statusCode: status = 0 } = answer;
      resolve({
        status,
        headers: headersOf(answer.rawHeaders),
        url: url.href,
        type: 'default',
        body,
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

const DECODERS = new Map([
  ['gzip', 'createUnzip'],
  ['x-gzip', 'createUnzip'],
  ['deflate', 'createUnzip'],
  ['br', 'createBrotliDecompress'],
] as const);

/** What the answer holds, also of one that is compressed although nobody asked for that. */
function decode(answer: NodeAnswer): AsyncIterable<Uint8Array> {
  // What breaks off is told to whoever reads it; nobody may.
  answer.on('error', () => {});
  const { 'content-encoding': encoding = '' } = answer.headers;
  const create = (DECODERS as ReadonlyMap<string, 'createUnzip'>).get(encoding.toLowerCase());
  if (create === undefined) return answer;
  const decoder = globalThis.process.getBuiltinModule('node:zlib')[create]();
  answer.on('error', (error) => decoder.destroy(error));
  decoder.on('error', () => {});
  return answer.pipe(decoder);
}

/** Names and values by turns. */
function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let at = 0; at < raw.length; at += 2) headers.append(raw[at]!, raw[at + 1]!);
  return headers;
}
