import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchBytes } from './fetch-bytes.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const read = async (url: string, options?: Parameters<typeof fetchBytes>[1]) =>
  Buffer.from(await fetchBytes(new URL(url), options)).toString();

describe('an address', () => {
  it('gives its bytes, asked for without credentials', async () => {
    let headers: unknown;
    const base = await serve((request, response) => {
      headers = request.headers;
      response.end('{}');
    });
    expect(await read(`${base}/flow.json`)).toBe('{}');
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('cookie');
  });

  it.each([
    [404, 'NOT_FOUND'],
    [401, 'AUTH'],
    [403, 'FORBIDDEN'],
    [429, 'RATE_LIMITED'],
    [500, 'UNAVAILABLE'],
    [418, 'PROTOCOL'],
  ])(
    'that answers %i fails with %s and names the status, but not the query',
    async (status, code) => {
      const base = await serve((_, response) => response.writeHead(status).end('no'));
      const error = await read(`${base}/flow.json?sig=abc123`).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code, details: { status } });
      expect(String(error)).toContain(`${base}/flow.json answered ${status}`);
      expect(String(error)).not.toContain('abc123');
    },
  );

  it('is read up to the limit and no further, whatever length it claims', async () => {
    const base = await serve((_, response) => {
      response.write('x'.repeat(2000));
      // Never ends: the reader has to stop by itself.
    });
    await expect(read(base, { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    });
  });

  it('may redirect', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/new') response.end('moved');
      else response.writeHead(302, { location: '/new' }).end();
    });
    expect(await read(`${base}/old`)).toBe('moved');
  });

  it.each([
    ['in a circle', '/again'],
    ['to a file', 'file:///etc/hostname'],
    ['to an address with a password', 'http://user:pass@127.0.0.1:1/'],
  ])('may not redirect %s', async (_, location) => {
    const base = await serve((_, response) => response.writeHead(302, { location }).end());
    await expect(read(`${base}/again`)).rejects.toMatchObject({
      code: expect.stringMatching(/^(PROTOCOL|INVALID_OPTIONS)$/),
      retryable: false,
    });
  });

  it('with a password in it is refused before anything is sent', async () => {
    let asked = 0;
    const base = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    const error = await read(base.replace('//', '//user:secret@')).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(String(error)).not.toContain('secret');
    expect(asked).toBe(0);
  });

  it('where nobody listens is unavailable', async () => {
    const base = await serve(() => {});
    await new Promise((resolve) => server?.close(resolve));
    await expect(read(base)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  });

  it('that never answers times out', async () => {
    const base = await serve(() => {});
    await expect(read(base, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT' });
  });

  it("that is aborted rethrows the caller's reason, before and during", async () => {
    const reason = new Error('stop');
    const controller = new AbortController();
    const base = await serve(() => controller.abort(reason));
    await expect(read(base, { signal: controller.signal })).rejects.toBe(reason);
    await expect(read(base, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
