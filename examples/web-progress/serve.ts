// An app behind Node's own server; `serve` of @hono/node-server does the same.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Hono } from 'hono';

/** The app on this port, 0 for a free one, and its address. */
export async function serve(app: Hono, port: number): Promise<{ server: Server; url: string }> {
  const server = createServer(async (incoming, outgoing) => {
    const { status, headers, body } = await app.request(incoming.url ?? '/');
    outgoing.writeHead(status, Object.fromEntries(headers));
    // Where the visitor goes away this ends the body, and so the run.
    await pipeline(Readable.from(body ?? []), outgoing).catch(() => {});
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
