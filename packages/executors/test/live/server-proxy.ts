import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Clock } from 'comfygen/plugin';
import {
  createFakeService,
  type FakeReply,
  type FakeRequest,
  type FakeService,
} from 'comfygen/testing';

/** A proxy in front of a real server: it writes down the requests, asks for a key, and makes requests go wrong. */
export interface ServerProxy extends FakeService<Clock> {
  /** Ids of the jobs that the server has taken through it, in their order. */
  readonly accepted: readonly string[];
  /** What happens to sockets: `pass` hands all on, `refuse` takes none, the others have effect once a job is taken. */
  sockets: 'pass' | 'refuse' | 'deafen' | 'drop';
}

/** How the proxy is set up. */
export interface ServerProxyOptions {
  /** The real server's address. */
  server: string;
  clock: Clock;
  /** A header that requests must have; the server never sees it. */
  key: { name: string; value: string };
  /** Called once the server has taken a job. */
  onJob?(id: string): void;
}

/** A client's socket and the one that was opened to the server for it. */
interface Pair {
  client: Socket;
  server: Socket;
}

/** Its making keeps a server busy for a second, and a case has not that long: each server is asked once. */
const INVENTORY = '/api/object_info';
const inventories = new Map<string, FakeReply>();

/** Starts a proxy on 127.0.0.1. */
export async function startServerProxy(options: ServerProxyOptions): Promise<ServerProxy> {
  const { server, clock, key, onJob } = options;
  const accepted: string[] = [];
  const pairs = new Set<Pair>();

  const forward = async (request: FakeRequest): Promise<FakeReply> => {
    if (request.headers[key.name] !== key.value) return { status: 401, text: 'no key' };
    const { method, path, query, body } = request;
    if (path === INVENTORY && inventories.has(server)) return inventories.get(server)!;
    const search = query.size > 0 ? `?${query}` : '';
    const type = request.headers['content-type'];
    const answer = await fetch(`${server}${path}${search}`, {
      method,
      ...(type && { headers: { 'content-type': type } }),
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (method === 'POST' && path === '/api/prompt' && answer.ok) take(bytes);
    const given = answer.headers.get('content-type');
    const headers: Record<string, string> = given ? { 'content-type': given } : {};
    const reply = { status: answer.status, bytes, headers };
    if (path === INVENTORY && answer.ok) inventories.set(server, reply);
    return reply;
  };
  const take = (bytes: Uint8Array) => {
    const { prompt_id } = JSON.parse(new TextDecoder().decode(bytes));
    accepted.push(prompt_id);
    for (const pair of pairs) harm(pair);
    onJob?.(prompt_id);
  };

  const harm = ({ client, server }: Pair) => {
    if (proxy.sockets === 'deafen') server.unpipe(client).resume();
    if (proxy.sockets === 'drop') client.destroy();
  };

  const service = await createFakeService({ clock, otherwise: forward });
  const proxy: ServerProxy = { ...service, accepted, sockets: 'pass' };
  service.server.on('upgrade', (request: IncomingMessage, client: Socket, head: Buffer) => {
    if (proxy.sockets === 'refuse' || request.headers[key.name] !== key.value)
      return void client.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    const { hostname, port } = new URL(server);
    const upstream = connect(Number(port || 80), hostname, () => {
      const headers = Object.entries(request.headers).filter(([name]) => name !== key.name);
      const lines = headers.map(([name, value]) => `${name}: ${value}`);
      upstream.write(`GET ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      client.pipe(upstream).pipe(client);
      // One that comes after the job was taken stands first.
      if (accepted.length > 0) upstream.once('data', () => setImmediate(harm, pair));
    });
    const pair = { client, server: upstream };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('close', end).on('error', end);
  });
  return proxy;
}
