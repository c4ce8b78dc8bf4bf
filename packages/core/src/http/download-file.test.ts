import { afterEach, describe, expect, it } from 'vitest';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { encodePng } from '../testing/picture.ts';
import {
  createFakeService,
  type FakeRoute,
  type FakeService,
} from '../testing/service/fake-service.ts';
import { createCallContext } from '../util/call-context.ts';
import { downloadFile } from './download-file.ts';
import { createHttpClient } from './http-client.ts';

const png = new Uint8Array(encodePng(2, 2, () => [9, 99, 199]));
const file = { path: 'file', output: { fileName: 'fox.png', kind: 'image' as const } };
const open: FakeService[] = [];

async function start(routes: Record<string, FakeRoute>) {
  const service = await createFakeService({ routes });
  open.push(service);
  const http = createHttpClient({
    part: { role: 'executor', name: 'trial' },
    baseUrl: () => service.url,
    headers: () => ({ authorization: 'Bearer planted-secret-1234', 'x-key': 'other-secret-99' }),
  });
  return { service, http };
}

afterEach(async () => {
  for (const service of open.splice(0)) await service.close();
});

describe('downloadFile', () => {
  it('gives the bytes, named by what they are', async () => {
    const { http } = await start({
      'GET /file': () => ({ bytes: png, headers: { 'content-type': 'application/octet-stream' } }),
    });
    const found = await downloadFile(http, file, createCallContext());
    expect(found).toEqual({ bytes: png, mediaType: 'image/png' });
  });

  it('follows redirects, and sends no key to another origin', async () => {
    const other = await start({ 'GET /store/fox.png': () => ({ bytes: png }) });
    const { http, service } = await start({
      'GET /file': () => ({ status: 302, headers: { location: '/hop' } }),
      'GET /hop': () => ({
        status: 307,
        headers: { location: `${other.service.url}/store/fox.png?sig=1` },
      }),
    });
    await downloadFile(http, file, createCallContext());
    expect(service.requests.map(({ headers }) => headers['x-key'])).toEqual([
      'other-secret-99',
      'other-secret-99',
    ]);
    const { headers } = other.service.requests[0]!;
    expect([headers['authorization'], headers['x-key']]).toEqual([undefined, undefined]);
  });

  it('sends no key to an absolute address of another origin', async () => {
    const other = await start({ 'GET /fox.png': () => ({ bytes: png }) });
    const { http } = await start({});
    await downloadFile(
      http,
      { ...file, path: `${other.service.url}/fox.png` },
      createCallContext(),
    );
    expect(other.service.requests[0]!.headers['authorization']).toBeUndefined();
  });

  const cases: [string, FakeRoute, string][] = [
    ['a login page with 200', () => ({ text: '<html>Sign in</html>' }), 'PROTOCOL'],
    ['text in place of an image', () => ({ text: 'not ready' }), 'PROTOCOL'],
    ['half an image', () => ({ bytes: png.subarray(0, png.length - 10) }), 'HOST_FAULT'],
    ['nothing', () => ({}), 'HOST_FAULT'],
    ['a file that is gone', () => ({ status: 404 }), 'OUTPUT_EXPIRED'],
    ['a circle', () => ({ status: 302, headers: { location: '/file' } }), 'PROTOCOL'],
  ];
  it.each(cases)('refuses %s', async (_, route, code) => {
    const { http } = await start({ 'GET /file': route });
    const error = await downloadFile(http, file, createCallContext()).catch((e: unknown) => e);
    expect(ComfygenError.is(error) && error.code).toBe(code);
  });

  it('notices a body that breaks off', async () => {
    const { http, service } = await start({ 'GET /file': () => ({ bytes: png }) });
    service.faults.add('GET /file', { kind: 'truncated' });
    const error = await downloadFile(http, file, createCallContext()).catch((e: unknown) => e);
    expect(ComfygenError.is(error, 'HOST_FAULT')).toBe(true);
  });
});
