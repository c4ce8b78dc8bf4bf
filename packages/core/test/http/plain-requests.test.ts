import { execFile } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readBody } from '../../src/http/answer.ts';
import { requestByNode } from '../../src/http/node-request.ts';

const CLIENT = fileURLToPath(new URL('./plain-client.ts', import.meta.url));
const FLAGS = ['--conditions=comfygen-source', '--disable-warning=ExperimentalWarning'];
const PLAIN = 'identity';
const BY_FETCH = 'gzip, deflate';

/** What a process of its own tells, whose fetch was changed in that way. */
async function runClient(change: string) {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, CLIENT, change]);
  return JSON.parse(stdout) as { ways: string[]; compared: Record<string, unknown>[] };
}

describe('a plain request', () => {
  it('goes past fetch where that is as Node made it, and fails in the same ways', async () => {
    const { ways, compared } = await runClient('untouched');
    expect(ways).toEqual([PLAIN, PLAIN]);
    const [plain, byFetch] = compared;
    expect(Object.keys(plain!)).toHaveLength(11);
    const codeOf = (told: unknown) => (Array.isArray(told) ? told[0] : told);
    for (const [name, told] of Object.entries(plain!))
      expect([name, codeOf(told)]).toEqual([name, codeOf(byFetch![name])]);
    expect(plain!['posts']).toEqual(byFetch!['posts']);
    expect(plain!['is too large']).toEqual(byFetch!['is too large']);
    expect(plain!['is refused']).toEqual(byFetch!['is refused']);
  });

  it.each([
    ['used', [BY_FETCH, BY_FETCH]],
    ['replaced', [PLAIN, BY_FETCH]],
    ['dispatched', [PLAIN, BY_FETCH]],
  ])('goes by a fetch that was %s', async (change, ways) => {
    expect((await runClient(change)).ways).toEqual(ways);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['identity', (text: string) => Buffer.from(text)],
  ] as const)('reads what comes in %s although nobody asked for that', async (encoding, pack) => {
    const server = http.createServer((_, response) => {
      response.setHeader('content-encoding', encoding);
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.end(pack('an owl'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const url = new URL(`http://127.0.0.1:${port}/x`);
    const { signal } = new AbortController();
    const answer = await requestByNode(http, { url, method: 'GET', headers: {}, signal });
    expect(new TextDecoder().decode(await readBody(answer, 100))).toBe('an owl');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });
});
