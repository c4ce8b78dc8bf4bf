import { describe, expect, it, onTestFinished } from 'vitest';
import { ok, part, SECRET, setUp } from '../../test/http/set-up.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { createFakeService, type FakeRoute } from '../testing/service/fake-service.ts';
import { createCallContext } from '../util/call-context.ts';
import { createHttpClient, type HttpRequest } from './http-client.ts';

describe('what an address holds besides the place', () => {
  const at = (baseUrl: () => string, headers = {}) =>
    createHttpClient({ part, baseUrl, headers: () => headers });
  const submit = { method: 'POST', submit: true, json: {} } as const;

  it('its query goes with each request to its origin, and nowhere else', async () => {
    const other = await setUp({ 'GET /there': ok });
    const to =
      (location: string): FakeRoute =>
      () => ({ status: 302, headers: { location } });
    const { service, ctx } = await setUp({
      'GET /p/x': ok,
      'GET /p/same': to('/p/x'),
      'GET /p/away': to(`${other.service.url}/there`),
    });
    const http = at(() => `${service.url}/p/?token=${SECRET}&b=1`);
    await http.send('x', ctx, { query: { b: 2 } });
    await http.send('same', ctx);
    await http.send('away', ctx);
    const asked = service.requests.map(({ query }) => [query.get('token'), query.get('b')]);
    expect(asked).toEqual([
      [SECRET, '2'],
      [SECRET, '1'],
      [SECRET, '1'],
      [SECRET, '1'],
    ]);
    expect(other.service.requests.map(({ query }) => query.size)).toEqual([0]);
    expect(http.url('x').href).toBe(`${service.url}/p/x`);
  });

  it.each([
    ['a token in its query', (url: string) => `${url}/?sessionKey=${SECRET}`],
    ['a token in its path', (url: string) => `${url}/${SECRET}/api`],
    ['a short one behind its name', (url: string) => `${url}/token/${SECRET}/api`],
    ['a token as its user', (url: string) => url.replace('//', `//${SECRET}@`)],
    ['a password of odd characters', (url: string) => url.replace('//', `//a:%zz${SECRET}@`)],
  ])('%s is in no error, however the service says it back', async (_what, spell) => {
    const given = spell('//h').includes('%zz') ? `%zz${SECRET}` : SECRET;
    const told = [given, btoa(`a:${given}`), encodeURIComponent(given)].join(' ');
    const service = await createFakeService({ otherwise: () => ({ status: 500, text: told }) });
    onTestFinished(() => service.close());
    const http = at(() => spell(service.url));
    const error = await http.send('x', createCallContext()).catch((thrown: unknown) => thrown);
    expect(ComfygenError.is(error, 'HOST_FAULT')).toBe(true);
    expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/planted|cGxhbnRlZ/);
  });

  it('is not shown where it is no http address', () => {
    for (const given of [`me:${SECRET}@host:1`, `${SECRET}@host`, `ftp://me:${SECRET}@host`])
      expect(() => at(() => given).url('x')).toThrow(/^trial needs an http\(s\) address, as http:/);
  });

  it('a header that no request can have was not sent', async () => {
    const { service, ctx } = await setUp({ 'POST /x': ok });
    for (const headers of [
      { 'x-a': `${SECRET}\r\nb: c` },
      { 'x-ä': '1' },
      { [`${SECRET} x`]: '1' },
    ]) {
      const error = await at(() => service.url, headers)
        .send('x', ctx, submit)
        .catch((e: unknown) => e);
      expect(ComfygenError.is(error, 'INVALID_OPTIONS')).toBe(true);
      expect(String(error)).not.toContain(SECRET);
    }
    expect(service.requests).toEqual([]);
  });

  it('https where nothing speaks TLS was not sent', async () => {
    const { service, ctx } = await setUp({ 'POST /x': ok });
    const http = at(() => service.url.replace('http:', 'https:'));
    await expect(http.send('x', ctx, submit)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('speaks no TLS'),
    });
    expect(service.requests).toEqual([]);
  });
});

describe('a redirect', () => {
  const to =
    (location: string, status = 302): FakeRoute =>
    () => ({ status, headers: { location } });
  const submit: HttpRequest = { method: 'POST', submit: true, json: {} };

  it.each([301, 302, 303, 307, 308])(
    'of a submit to another page (%i) is a login',
    async (status) => {
      const { errorOf } = await setUp({ 'POST /run': to('/auth/start?rd=hidden', status) });
      const { code, message, details } = await errorOf('run', submit);
      expect([code, message]).toEqual(['AUTH', expect.stringContaining('/auth/start')]);
      expect(message).not.toContain('hidden');
      expect(details['hint']).toContain('headers');
    },
  );

  it('of a read to a page for people is a login too', async () => {
    const { errorOf } = await setUp({
      'GET /things': to('/sign-in'),
      'GET /sign-in': () => ({ text: '<!doctype html><title>Sign in</title>' }),
    });
    expect(await errorOf('things')).toMatchObject({
      code: 'AUTH',
      message: expect.stringContaining('/sign-in'),
    });
  });

  it('of a read to the same thing elsewhere is followed', async () => {
    const { http, ctx } = await setUp({ 'GET /old': to('/new/old'), 'GET /new/old': ok });
    expect((await http.send('old', ctx)).json()).toEqual({ ok: true });
  });

  it('of a submit to the same call elsewhere has taken nothing', async () => {
    const { errorOf } = await setUp({ 'POST /run': to('https://new.example/run?key=hidden') });
    const { code, retryable, message } = await errorOf('run', submit);
    expect([code, retryable]).toEqual(['UNAVAILABLE', false]);
    expect(message).toContain('it is at https://new.example; give that address');
  });
});
