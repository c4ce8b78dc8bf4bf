// The servers of a trial under one origin, with ComfyUI's rule about origins, and the page that runs it in a browser.
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

const PAGE = `<!doctype html><title>trial</title><script type="module">
const tell = (outcome) => fetch('/outcome', { method: 'POST', body: JSON.stringify(outcome) });
try {
  const { trial } = await import('./trial.js');
  const { origin } = location;
  await tell({ done: await trial({ url: origin + '/fast', slowUrl: origin + '/slow' }) });
} catch (error) {
  await tell({ error: String(error?.stack ?? error) });
}
</script>`;

/** Whether ComfyUI would refuse the request as one from another site's page. */
function isForeign({ host, origin, 'sec-fetch-site': site }) {
  return site === 'cross-site' || (origin !== undefined && URL.parse(origin)?.host !== host);
}

/**
 * Serves `/` with the page, `/trial.js` with its script, and passes `/fast/…` and `/slow/…` on to the servers.
 * `outcome` is what the page tells in the end.
 */
export async function serveTrial({ script, url, slowUrl }) {
  const targetOf = (path) => {
    const [, name, rest] = /^\/(fast|slow)(\/.*)$/.exec(path) ?? [];
    return rest && new URL(rest, name === 'fast' ? url : slowUrl);
  };
  let tell;
  const outcome = new Promise((resolve) => {
    tell = resolve;
  });

  const answer = async (incoming, response) => {
    if (incoming.url === '/outcome') {
      tell(JSON.parse((await incoming.toArray()).join('')));
      return response.end();
    }
    const isScript = incoming.url === '/trial.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    return response.end(isScript ? script : PAGE);
  };
  const server = createServer((incoming, response) => {
    const { method, headers } = incoming;
    const target = targetOf(incoming.url);
    if (target === undefined) return void answer(incoming, response);
    if (isForeign(headers)) return response.writeHead(403).end();
    const passed = request(target, { method, headers }, (reply) => {
      response.writeHead(reply.statusCode, reply.headers);
      reply.pipe(response);
    });
    passed.on('error', () => response.destroy());
    return incoming.pipe(passed);
  });
  server.on('upgrade', ({ url: path, headers }, socket, head) => {
    const target = targetOf(path);
    if (target === undefined || isForeign(headers))
      return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const other = connect(target.port, target.hostname, () => {
      other.write(`GET ${target.pathname}${target.search} HTTP/1.1\r\n${lines.join('')}\r\n`);
      other.write(head);
      other.pipe(socket).pipe(other);
    });
    other.on('error', () => socket.destroy());
    return socket.on('error', () => other.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    outcome,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
