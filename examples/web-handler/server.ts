// The handler behind Node's own server, which knows no Request and Response.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { comfygen, handle } from './web-handler.ts';

const server = createServer(async (incoming, outgoing) => {
  // A visitor who goes away takes the job along.
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  try {
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const answer = await handle(new Request(url, { signal: gone.signal }));
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    outgoing.end(new Uint8Array(await answer.arrayBuffer()));
  } catch (error) {
    if (gone.signal.aborted) return;
    console.error(error);
    outgoing.writeHead(500).end();
  }
});

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://127.0.0.1:${port}/?prompt=a%20green%20frog`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    server.close();
    await comfygen.dispose(); // ends the runs in flight
  });
}
