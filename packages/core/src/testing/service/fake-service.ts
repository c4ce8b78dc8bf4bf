import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../spec/index.ts';
import { parseJson, stringifyJson } from '../../workflow/json.ts';
import { createTestClock, type TestClock } from '../clock/test-clock.ts';
import { addFlusher, holdRequest } from '../clock/traffic.ts';
import type { HttpFault } from '../executor/http-backend.ts';
import { createFaultScript, type FaultScript, rateLimited, routeTest } from './faults.ts';
import { listen, listenAgain } from './listen.ts';

/** A request as a fake service got it. */
export interface FakeRequest {
  method: string;
  /** The path without the query. */
  path: string;
  query: URLSearchParams;
  /** The values of the `:names` in the route's path. */
  params: Record<string, string>;
  headers: Record<string, string>;
  body: Buffer;
  /** The body as JSON, integers above 2^53 − 1 as `bigint`. Throws where it is none. */
  json(): unknown;
  /** Whether it was done: the route itself answered, with a status below 400. */
  carriedOut: boolean;
}

/**
 * What a route answers: a body as `json`, `text`, `bytes` or `stream`, or a `fault` instead; without any of these the
 * body is empty. Status 200 by default.
 */
export interface FakeReply {
  status?: number | undefined;
  headers?: Record<string, string> | undefined;
  json?: unknown;
  text?: string | undefined;
  bytes?: Uint8Array | undefined;
  /** Writes the body piece by piece until it resolves; the signal aborts when the client is gone. */
  stream?: ((write: (piece: string) => void, signal: AbortSignal) => Promise<void>) | undefined;
  /** What the client meets instead of an answer. */
  fault?: HttpFault | undefined;
}

/** Answers one kind of request. */
export type FakeRoute = (request: FakeRequest) => FakeReply | Promise<FakeReply>;

/** A service on 127.0.0.1 in this process. */
export interface FakeService<C extends Clock = Clock> {
  /** `http://127.0.0.1:<port>`, without a slash at its end; the same after `stop` and `start`. */
  readonly url: string;
  readonly server: Server;
  /** Every request so far, those that met a fault too. Empty it to count from here. */
  readonly requests: FakeRequest[];
  readonly faults: FaultScript;
  readonly clock: C;
  /** How many requests a route has got so far: `count('GET /api/history/:id')`. */
  count(route: string): number;
  /** Resolves once that many requests have come in all. */
  received(count: number): Promise<void>;
  /** Breaks all connections and refuses new ones, until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Routes and settings of a fake service. */
export interface FakeServiceOptions<C extends Clock = TestClock> {
  /** Routes by method and path: `GET /api/history/:id`. The first that fits answers. */
  routes?: { readonly [route: string]: FakeRoute } | undefined;
  /** Answers what fits no route. Default: 404. */
  otherwise?: FakeRoute | undefined;
  /** What answers where a route throws. Default: 500, with the error's text. */
  onError?: ((error: unknown) => FakeReply) | undefined;
  /** The clock for slow answers and dates. Default: a test clock of its own, which stands still until it is moved. */
  clock?: C | undefined;
  /**
   * Resolves once what the service has sent by itself has arrived, as messages of a WebSocket: a test clock waits for
   * it before it moves.
   */
  flush?: (() => Promise<void>) | undefined;
  /** The port to listen on. Default: any free one. */
  port?: number | undefined;
  host?: string | undefined;
}

const ONE_TIB = 2 ** 40;
const LOGIN_PAGE =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>';

/**
 * Starts a fake service. It writes down what it gets, and its `faults` say what goes wrong. Close it when the test
 * is over.
 */
export async function createFakeService<C extends Clock = TestClock>(
  options: FakeServiceOptions<C>,
): Promise<FakeService<C>> {
  const { routes = {}, otherwise = () => ({ status: 404, text: '404: Not Found' }) } = options;
  const { onError = (error) => ({ status: 500, text: String(error) }) } = options;
  const { port = 0, host = '127.0.0.1', flush } = options;
  // Without a clock of the caller's C is TestClock.
  const clock = options.clock ?? (createTestClock() as unknown as C);
  const tests = Object.entries(routes).map(([route, run]) => ({ matches: routeTest(route), run }));
  const requests: FakeRequest[] = [];
  const waiting = new Set<{ count: number; resolve(): void }>();
  const faults = createFaultScript();
  const sockets = new Set<Socket>();
  const closed = new AbortController();
  const stopFlushing = flush ? addFlusher(flush) : () => {};

  const find = (request: FakeRequest): FakeRoute => {
    for (const { matches, run } of tests) {
      const params = matches(request.method, request.path);
      if (params === undefined) continue;
      request.params = params;
      return run;
    }
    return otherwise;
  };
  const note = (request: FakeRequest) => {
    requests.push(request);
    for (const one of waiting) {
      if (requests.length < one.count) continue;
      waiting.delete(one);
      one.resolve();
    }
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming);
    const release = holdRequest();
    response.on('close', release);
    note(request);
    const run = find(request);
    const scripted = faults.take(request.method, request.path);
    const isInstead = scripted !== undefined && !isAfterwards(scripted);
    const reply: FakeReply = isInstead ? { fault: scripted } : await run(request);
    request.carriedOut = !reply.fault && (reply.status ?? 200) < 400;
    const fault = isInstead ? reply.fault : (scripted ?? reply.fault);
    if (fault?.kind === 'silence') return;
    if (fault?.kind === 'reset' || fault?.kind === 'reset-after')
      return void incoming.socket.destroy();
    if (fault?.kind === 'oversized') return writeOversized(response);
    if (fault?.kind === 'slow') await clock.sleep(fault.ms, closed.signal);
    const truncated = fault?.kind === 'truncated';
    const sent = insteadOf(fault, clock) ?? reply;
    // A streamed answer is under way until its end, and nobody waits for that.
    if (sent.stream) return writeStream(response, sent, sent.stream, truncated);
    release();
    write(response, sent, truncated);
  };

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      if (closed.signal.aborted || response.destroyed || response.headersSent) return;
      // What a route throws is the test's to see.
      write(response, onError(error), false);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  const listening = await listen(server, port, host);
  const stop = async () => {
    if (!server.listening) return;
    const down = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await down;
  };

  return {
    url: `http://${host}:${listening}`,
    server,
    requests,
    faults,
    clock,
    count(route) {
      const matches = routeTest(route);
      return requests.filter(({ method, path }) => matches(method, path)).length;
    },
    received(count) {
      if (requests.length >= count) return Promise.resolve();
      return new Promise<void>((resolve) => void waiting.add({ count, resolve }));
    },
    start: () => listenAgain(server, listening, host),
    stop,
    async close() {
      stopFlushing();
      closed.abort();
      await stop();
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://fake');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: searchParams,
    params: {},
    headers: Object.fromEntries(headers),
    body,
    json: () => parseJson(body.toString('utf8')),
    carriedOut: false,
  };
}

/** Whether the request is carried out before the fault shows. */
function isAfterwards({ kind }: HttpFault): boolean {
  return kind === 'reset-after' || kind === 'slow' || kind === 'truncated';
}

/** The answer that a fault puts in place of the route's. */
function insteadOf(fault: HttpFault | undefined, clock: Clock): FakeReply | undefined {
  if (fault?.kind === 'html')
    return { headers: { 'content-type': 'text/html; charset=utf-8' }, text: LOGIN_PAGE };
  if (fault?.kind === 'rate-limited') return rateLimited(fault.hint, fault.ms, clock.now());
  if (fault?.kind !== 'status') return undefined;
  const { status, body, headers } = fault;
  if (typeof body === 'string') return { status, headers, text: body };
  return { status, headers, ...(body !== undefined && { json: body }) };
}

function writeOversized(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'image/png', 'content-length': ONE_TIB });
  response.write(Buffer.alloc(1_024), () => response.destroy());
}

async function writeStream(
  response: ServerResponse,
  { status = 200, headers = {} }: FakeReply,
  stream: NonNullable<FakeReply['stream']>,
  truncated: boolean,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort(new Error('the client is gone')));
  response.writeHead(status, headers);
  response.flushHeaders();
  let cut = false;
  const write = (piece: string) => {
    if (gone.signal.aborted || cut) return;
    cut = truncated;
    response.write(piece, () => truncated && response.destroy());
  };
  const end = () => void (cut || response.end());
  await stream(write, gone.signal).then(end, () => response.destroy());
}

function write(response: ServerResponse, reply: FakeReply, truncated: boolean): void {
  const { status = 200, headers = {}, json, text, bytes } = reply;
  const body =
    bytes ?? Buffer.from(json === undefined ? (text ?? '') : stringifyJson(json), 'utf8');
  const type =
    json !== undefined ? 'application/json; charset=utf-8' : text && 'text/plain; charset=utf-8';
  response.writeHead(status, {
    ...(type && { 'content-type': type }),
    ...headers,
    'content-length': body.length,
  });
  if (!truncated) return void response.end(body);
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}
