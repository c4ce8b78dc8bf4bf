// A process of its own, whose fetch is as the first argument says: prints how plain requests went.
import { createHttpClient, type HttpRequest } from 'comfygen/http';
import { ComfygenError, createCallContext } from 'comfygen/plugin';
import type { FakeService } from 'comfygen/testing';

const DISPATCHER = Symbol.for('undici.globalDispatcher.1');
const host = globalThis as { [DISPATCHER]?: object };

/** What a host may have done with fetch, before the first request or after it. */
const CHANGES: Record<string, { before?(): unknown; after?(): void }> = {
  untouched: {},
  used: { before: () => fetch('data:,') },
  replaced: {
    after() {
      const platform = globalThis.fetch;
      globalThis.fetch = (...args) => platform(...args);
    },
  },
  dispatched: {
    after() {
      host[DISPATCHER] = Object.create(host[DISPATCHER]!);
    },
  },
};

const PART = { role: 'executor', name: 'plain' } as const;
let service: FakeService | undefined;
const change = CHANGES[process.argv[2] ?? '']!;
await change.before?.();
const headers = () => ({ 'x-mine': ' a blank at both ends ' });
const http = createHttpClient({
  part: PART,
  baseUrl: () => service?.url ?? 'http://127.0.0.1',
  headers,
});

// It looks at fetch, which the fake's own imports would start.
http.url('');
const { createFakeService } = await import('comfygen/testing');
service = await createFakeService({
  clock: createCallContext().clock,
  routes: {
    'GET /way': ({ headers }) => ({ text: headers['accept-encoding'] ?? '' }),
    'POST /echo': ({ body, headers }) => ({
      json: { text: body.toString(), type: headers['content-type'], mine: headers['x-mine'] },
    }),
    'GET /here': () => ({ status: 302, headers: { location: '/way' } }),
    'GET /large': () => ({ text: 'x'.repeat(10_000) }),
  },
});
const server = service;

const told = async (path: string, request: HttpRequest = {}, ctx = createCallContext()) => {
  try {
    const answer = await http.send(path, ctx, request);
    return [answer.status, answer.text(), answer.headers.get('content-type')];
  } catch (error) {
    if (!ComfygenError.is(error)) return String(error);
    return [error.code, error.message.replaceAll(server.url, '')];
  }
};
const run = async (plain: boolean) => {
  const results: Record<string, unknown> = {};
  const meet = async (name: string, path: string, request: HttpRequest = {}) => {
    results[name] = await told(path, { plain, ...request });
  };
  await meet('posts', 'echo', { method: 'POST', json: { text: 'é', seed: 2n ** 63n } });
  await meet('is sent elsewhere', 'here', { accept: [302] });
  await meet('misses', 'nowhere');
  await meet('is too large', 'large', { maxBytes: 1_000 });
  for (const kind of ['reset', 'truncated', 'oversized'] as const) {
    server.faults.add('GET /way', { kind });
    await meet(kind, 'way');
  }
  server.faults.add('POST /echo', { kind: 'reset' });
  await meet('may have submitted', 'echo', { method: 'POST', submit: true, body: '' });
  server.faults.add('GET /way', { kind: 'silence' });
  await meet('waits', 'way', { timeoutMs: 50 });
  server.faults.add('GET /way', { kind: 'silence' });
  const ctx = createCallContext({ signal: AbortSignal.timeout(50) });
  results['is given up'] = await told('way', { plain }, ctx);
  await server.stop();
  // Fetch may hear of the end of its connection by a request.
  await told('way', { plain });
  await meet('is refused', 'way');
  await server.start();
  return results;
};

const [, first] = await told('way', { plain: true });
change.after?.();
const [, then] = await told('way', { plain: true });
const compared = process.argv[2] === 'untouched' ? [await run(true), await run(false)] : [];
await server.close();
process.stdout.write(JSON.stringify({ ways: [first, then], compared }));
