import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { JsonObject } from 'comfygen/plugin';
import type { Answer, FakeCall } from './reply.ts';

/** A request as a fake provider got it, those that it refused too. */
export interface FakeRequest {
  method: string;
  path: string;
  /** Credentials are `[redacted]`. */
  headers: Record<string, string>;
  /** The text of the body. */
  body: string;
  /** What it was answered with; `undefined` where nothing was sent. */
  status: number | undefined;
}

/** What all fake providers have. */
export interface FakeProvider<Script> {
  /** What the client's `baseUrl` is to be: `http://127.0.0.1:<port>` and the provider's own prefix. */
  readonly baseUrl: string;
  /** Every request so far. */
  readonly requests: FakeRequest[];
  /** The requests that were valid, read. */
  readonly calls: FakeCall[];
  /** What answers from now on. */
  script: Script;
  /** Resolves once so many requests have come. */
  received(count: number): Promise<void>;
  /** Breaks all connections. */
  close(): Promise<void>;
}

/** What a provider does with one request. */
export type Handle = (request: {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}) => Promise<Answer | { kind: 'silence' | 'half' | 'reset' | 'html' }>;

/** A server on 127.0.0.1 that writes down what it gets. */
export async function startServer(handle: Handle) {
  const requests: FakeRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<{ count: number; resolve: () => void }>();

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const request = {
      method: incoming.method ?? 'GET',
      path: new URL(incoming.url ?? '/', 'http://fake').pathname,
      headers: Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: Buffer.concat(chunks).toString('utf8'),
    };
    const entry: FakeRequest = {
      ...request,
      headers: redacted(request.headers),
      status: undefined,
    };
    requests.push(entry);
    for (const one of waiting) {
      if (requests.length < one.count) continue;
      waiting.delete(one);
      one.resolve();
    }
    const reply = await handle(request);
    if (!('kind' in reply)) {
      entry.status = reply.status;
      return write(response, reply.status, 'application/json', JSON.stringify(reply.body), reply);
    }
    if (reply.kind === 'reset') return void incoming.socket.destroy();
    if (reply.kind === 'silence') return;
    entry.status = 200;
    if (reply.kind === 'html') return write(response, 200, 'text/html; charset=utf-8', PAGE, {});
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"id":"half');
  };

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      if (response.destroyed || response.headersSent) return;
      // What a script throws is the test's to see, at once.
      const body = JSON.stringify({ error: { type: 'api_error', message: String(error) } });
      write(response, 500, 'application/json', body, { headers: { 'x-should-retry': 'false' } });
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    received(count: number) {
      if (requests.length >= count) return Promise.resolve();
      return new Promise<void>((resolve) => void waiting.add({ count, resolve }));
    },
    async close() {
      if (!server.listening) return;
      const down = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await down;
    },
  };
}

const PAGE =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>';
const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'cookie'];

function redacted(headers: Record<string, string>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    CREDENTIALS.includes(name) ? '[redacted]' : value,
  ]);
  return Object.fromEntries(entries);
}

function write(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  { headers }: { headers?: Record<string, string> | undefined },
): void {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body);
}

/** The body as an object; `undefined` where it is none. */
export function readObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The credential that a request brings, in either header. */
export function keyOf(headers: Record<string, string>): string | undefined {
  return headers['x-api-key'] ?? /^Bearer +(.+)$/i.exec(headers['authorization'] ?? '')?.[1];
}
