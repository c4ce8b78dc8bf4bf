import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, systemClock } from 'comfygen/plugin';
import { parseExact, stringifyExact } from './exact-json.ts';
import {
  createFaultScript,
  type Fault,
  type FaultScript,
  rateLimited,
  routeTest,
} from './fault.ts';
import { listen, listenAgain } from './listen.ts';
import { holdRequest } from './traffic.ts';

/** A request as a fake service got it. */
export interface FakeRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** What stands for the `:names` of the route. */
  params: Record<string, string>;
  headers: Record<string, string>;
  body: Buffer;
  /** The body as JSON, integers above 2^53 − 1 as `bigint`. Throws where it is none. */
  json(): unknown;
}

/** What a route answers: `json`, `text`, `bytes` or `stream`; nothing is an empty body. Status 200 by default. */
export interface FakeReply {
  status?: number | undefined;
  headers?: Record<string, string> | undefined;
  json?: unknown;
  text?: string | undefined;
  bytes?: Uint8Array | undefined;
  /** Writes the body piece by piece until it resolves; the signal aborts when the client is gone. */
  stream?: ((write: (piece: string) => void, signal: AbortSignal) => Promise<void>) | undefined;
}

/** Answers one kind of request. */
export type FakeRoute = (request: FakeRequest) => FakeReply | Promise<FakeReply>;

/** A service on 127.0.0.1 in this process. */
export interface FakeService {
  /** `http://127.0.0.1:<port>`, without a slash at its end; the same after `stop` and `start`. */
  readonly url: string;
  readonly server: Server;
  /** Every request so far, those that met a fault too. Empty it to count from here. */
  readonly requests: FakeRequest[];
  readonly faults: FaultScript;
  readonly clock: Clock;
  /** Requests of a route so far; `GET /api/history/:id`. */
  count(route: string): number;
  /** Breaks all connections and refuses new ones, until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** What a fake service is made of. */
export interface FakeServiceOptions {
  /** By method and path: `GET /api/history/:id`. The first that fits answers; none is a 404. */
  routes: { readonly [route: string]: FakeRoute };
  /** For slow answers and dates. Default: the machine's. */
  clock?: Clock | undefined;
  /** Default: any free one. */
  port?: number | undefined;
  host?: string | undefined;
}

const ONE_TIB = 2 ** 40;
const LOGIN_PAGE =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>';

/** Starts a fake service. It writes down what it gets, and its `faults` say what goes wrong. */
export async function startFakeService({
  routes,
  clock = systemClock,
  port = 0,
  host = '127.0.0.1',
}: FakeServiceOptions): Promise<FakeService> {
  const tests = Object.entries(routes).map(([route, run]) => ({ matches: routeTest(route), run }));
  const requests: FakeRequest[] = [];
  const faults = createFaultScript();
  const sockets = new Set<Socket>();
  const closed = new AbortController();

  const find = (request: FakeRequest): FakeRoute => {
    for (const { matches, run } of tests) {
      const params = matches(request.method, request.path);
      if (params === undefined) continue;
      request.params = params;
      return run;
    }
    return () => ({ status: 404, text: '404: Not Found' });
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming);
    const release = holdRequest();
    response.on('close', release);
    requests.push(request);
    const run = find(request);
    const fault = faults.take(request.method, request.path);
    const breakOff = () => void incoming.socket.destroy();
    if (fault?.kind === 'silence') return;
    if (fault?.kind === 'reset') return breakOff();
    if (fault?.kind === 'oversized') {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': ONE_TIB });
      return void response.write(Buffer.alloc(1_024), breakOff);
    }
    const reply = insteadOf(fault, clock) ?? (await run(request));
    if (fault?.kind === 'reset-after') return breakOff();
    if (fault?.kind === 'slow') await clock.sleep(fault.ms, closed.signal);
    // A streamed answer is under way until its end, and nobody waits for that.
    if (reply.stream)
      return writeStream(response, reply, reply.stream, fault?.kind === 'truncated');
    release();
    write(response, reply, fault?.kind === 'truncated');
  };

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      if (closed.signal.aborted || response.destroyed || response.headersSent) return;
      // What a route throws is the test's to see.
      write(response, { status: 500, text: String(error) }, false);
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
    start: () => listenAgain(server, listening, host),
    stop,
    async close() {
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
    json: () => parseExact(body.toString('utf8')),
  };
}

/** The answer that a fault puts in place of the route's. */
function insteadOf(fault: Fault | undefined, clock: Clock): FakeReply | undefined {
  if (fault?.kind === 'html')
    return { headers: { 'content-type': 'text/html; charset=utf-8' }, text: LOGIN_PAGE };
  if (fault?.kind === 'rate-limited') return rateLimited(fault.hint, fault.ms, clock.now());
  if (fault?.kind !== 'status') return undefined;
  const { status, body, headers } = fault;
  if (typeof body === 'string') return { status, headers, text: body };
  return { status, headers, ...(body !== undefined && { json: body }) };
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
    bytes ?? Buffer.from(json === undefined ? (text ?? '') : stringifyExact(json), 'utf8');
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
