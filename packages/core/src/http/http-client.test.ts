import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { ok, part, SECRET, setUp } from '../../test/http/set-up.ts';
import { ComfygenError } from '../errors/comfygen-error.ts';
import type { HttpFault } from '../testing/executor/http-backend.ts';
import { createFakeService, type FakeRoute } from '../testing/service/fake-service.ts';
import { createCallContext } from '../util/call-context.ts';
import { createHttpClient, type HttpRequest } from './http-client.ts';

describe('a call', () => {
  it('keeps the path of the base, and sends headers, query and JSON', async () => {
    const { http, ctx, service } = await setUp(
      { 'POST /behind/proxy/api/run': ok },
      '/behind/proxy/',
    );
    const answer = await http.send('/api/run', ctx, {
      method: 'POST',
      query: { a: 1, b: undefined },
      headers: { 'x-more': 'yes' },
      json: { text: 'é' },
    });
    expect(answer.json()).toEqual({ ok: true });
    const [request] = service.requests;
    expect(request!.query.toString()).toBe('a=1');
    expect(request!.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, 'x-more': 'yes' });
    expect(request!.json()).toEqual({ text: 'é' });
  });

  it('writes a 64-bit seed in JSON exactly', async () => {
    const { http, ctx, service } = await setUp({ 'POST /run': ok });
    await http.send('run', ctx, { method: 'POST', json: { seed: 2n ** 64n - 1n, steps: 4n } });
    const [request] = service.requests;
    expect(request!.body.toString()).toBe('{"seed":18446744073709551615,"steps":4}');
    expect(request!.headers['content-type']).toBe('application/json');
  });

  it('gives a submit a minute to be taken, another request half of that', async () => {
    const { errorOf } = await setUp({ 'POST /run': () => new Promise<never>(() => {}) });
    const late = { method: 'POST' } as const;
    expect((await errorOf('run', { ...late, submit: true })).message).toContain('60000 ms');
    expect((await errorOf('run', late)).message).toContain('30000 ms');
  });

  it('reads an answer by a schema, and leaves open whether an odd one took a job', async () => {
    const { http, ctx } = await setUp({ 'POST /run': () => ({ json: { id: 7, more: [] } }) });
    const schema = z.object({ id: z.string() });
    const answer = await http.send('run', ctx, { method: 'POST' });
    expect(answer.read(z.object({ id: z.number() }))).toEqual({ id: 7 });
    const error = (code: string) => expect.objectContaining({ code, part });
    expect(() => answer.read(schema)).toThrow(error('PROTOCOL'));
    const taken = await http.send('run', ctx, { method: 'POST', submit: true });
    expect(() => taken.read(schema)).toThrow(error('SUBMIT_UNKNOWN'));
  });

  it('turns a user in the address into basic authorization', async () => {
    const service = await createFakeService({ routes: { 'GET /x': ok } });
    onTestFinished(() => service.close());
    const baseUrl = () => service.url.replace('//', '//me:p%40ss@');
    const http = createHttpClient({ part, baseUrl });
    await http.send('x', createCallContext());
    expect(service.requests[0]!.headers['authorization']).toBe(`Basic ${btoa('me:p@ss')}`);
    expect(http.url('x').href).toBe(`${service.url}/x`);
  });

  it('uses the fetch that it is given', async () => {
    const asked: string[] = [];
    const own: typeof fetch = async (input) => {
      asked.push((input as Request).url);
      return Response.json({ ok: 1 });
    };
    const http = createHttpClient({ part, baseUrl: () => 'https://example.test/a', fetch: own });
    expect((await http.send('b', createCallContext())).json()).toEqual({ ok: 1 });
    expect(asked).toEqual(['https://example.test/a/b']);
  });

  it('takes a new address and a new key with the next call, and hides that key', async () => {
    const routes: Record<string, FakeRoute> = {
      'GET /x': ({ headers }) => ({ status: 418, text: `${headers['authorization']}` }),
    };
    const [first, second] = [await setUp(routes), await setUp(routes)];
    let at = { url: first.service.url, key: 'first-key-1234' };
    const headers = () => ({ authorization: at.key });
    const http = createHttpClient({ part, baseUrl: () => at.url, headers });
    const told = async () => String(await http.send('x', first.ctx).catch((e: unknown) => e));
    expect(await told()).not.toContain('first-key');
    at = { url: second.service.url, key: 'other-key-5678' };
    expect(await told()).not.toContain('other-key');
    const keys = [first, second].map(({ service }) =>
      service.requests.map((request) => request.headers['authorization']),
    );
    expect(keys).toEqual([['first-key-1234'], ['other-key-5678']]);
  });

  it('refuses an address that is none', () => {
    const http = createHttpClient({ part, baseUrl: () => 'localhost:8188' });
    expect(() => http.url('x')).toThrow(/needs an http\(s\) address/);
  });
});

describe('an answer that says no', () => {
  const cases: [number, string, boolean][] = [
    [400, 'INVALID_WORKFLOW', true],
    [400, 'PROTOCOL', false],
    [401, 'AUTH', true],
    [402, 'PAYMENT', true],
    [403, 'FORBIDDEN', true],
    [404, 'NOT_FOUND', false],
    [413, 'PAYLOAD_TOO_LARGE', true],
    [422, 'INVALID_WORKFLOW', true],
    [500, 'HOST_FAULT', false],
    [500, 'SUBMIT_UNKNOWN', true],
    [503, 'SUBMIT_UNKNOWN', true],
  ];
  it.each(cases)('%i is %s (submit: %s)', async (status, code, submit) => {
    const body = { title: 'No', detail: `not with ${SECRET}` };
    const { errorOf, service } = await setUp({ 'POST /x': () => ({ status, json: body }) });
    const error = await errorOf('x', { method: 'POST', submit, json: {} });
    expect(error.code).toBe(code);
    expect(error.message).toContain('not with [redacted]');
    expect(error.details).toMatchObject({ status, body: { title: 'No' } });
    expect(service.requests).toHaveLength(1);
  });

  it('keeps the text of a body that is no JSON, and bears an empty one', async () => {
    const { errorOf } = await setUp({
      'GET /text': () => ({
        status: 500,
        text: '500 Internal Server Error\n\nServer got itself in trouble',
      }),
      'GET /empty': () => ({ status: 403 }),
    });
    expect((await errorOf('text')).message).toContain('Server got itself in trouble');
    expect((await errorOf('empty')).message).toContain('403, with nothing in it');
  });

  it.each([
    ['seconds', 7_000],
    ['date', 7_000],
    ['body', 7_000],
    ['detail', 7_000],
    ['none', undefined],
  ] as const)('429 with a hint in %s', async (hint, retryAfterMs) => {
    const { errorOf, service } = await setUp({ 'POST /x': ok });
    service.faults.add('POST /x', { kind: 'rate-limited', hint, ms: 7_000 });
    const error = await errorOf('x', { method: 'POST', submit: true });
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryable: true, retryAfterMs });
  });

  it('a busy service that names a time has not taken the job', async () => {
    const { errorOf } = await setUp({
      'POST /x': () => ({ status: 503, headers: { 'retry-after': '3' } }),
    });
    const error = await errorOf('x', { method: 'POST', submit: true });
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryAfterMs: 3_000 });
  });
});

describe('a call that gets no answer', () => {
  const submit = { method: 'POST', submit: true, json: {} } as const;
  const cases: [HttpFault, HttpRequest, string][] = [
    [{ kind: 'reset' }, submit, 'SUBMIT_UNKNOWN'],
    [{ kind: 'reset-after' }, submit, 'SUBMIT_UNKNOWN'],
    [{ kind: 'silence' }, submit, 'SUBMIT_UNKNOWN'],
    [{ kind: 'truncated' }, submit, 'SUBMIT_UNKNOWN'],
    [{ kind: 'reset' }, {}, 'HOST_FAULT'],
    [{ kind: 'silence' }, {}, 'HOST_FAULT'],
    [{ kind: 'truncated' }, {}, 'HOST_FAULT'],
  ];
  it.each(cases)('%o of %o is %3$s', async (fault, request, code) => {
    const { errorOf, service, clock } = await setUp({ 'POST /x': ok, 'GET /x': ok });
    service.faults.add(`${request.method ?? 'GET'} /x`, fault);
    expect((await errorOf('x', request)).code).toBe(code);
    expect(service.requests).toHaveLength(1);
    expect(clock.sleeping).toBe(0);
  });

  it('nothing was sent where the connection is refused', async () => {
    const { errorOf, service } = await setUp({});
    await service.stop();
    expect(await errorOf('x', submit)).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect((await errorOf('x')).code).toBe('UNAVAILABLE');
  });

  it('a slow accept is waited for', async () => {
    const { http, ctx, service, clock } = await setUp({ 'POST /x': ok });
    service.faults.add('POST /x', { kind: 'slow', ms: 45_000 });
    const answer = clock.run(http.send('x', ctx, { ...submit, timeoutMs: 60_000 }));
    expect((await answer).status).toBe(200);
  });

  it('rethrows the reason of the caller', async () => {
    const { http, clock, service } = await setUp({ 'GET /x': ok });
    service.faults.always('GET /x', { kind: 'silence' });
    const stop = new AbortController();
    const reason = new Error('enough');
    const sent = http.send('x', createCallContext({ clock, signal: stop.signal }));
    await clock.settle();
    stop.abort(reason);
    await expect(sent).rejects.toBe(reason);
    expect(clock.sleeping).toBe(0);
  });
});

describe('what is repeated', () => {
  it('a read within its grace', async () => {
    const { http, ctx, service, clock } = await setUp({ 'GET /x': ok });
    service.faults.add(
      'GET /x',
      { kind: 'status', status: 500 },
      { kind: 'reset' },
      { kind: 'rate-limited', hint: 'seconds', ms: 4_000 },
    );
    expect((await clock.run(http.send('x', ctx, { graceMs: 10_000 }))).status).toBe(200);
    expect(service.requests).toHaveLength(4);
  });

  it('not beyond it, nor what cannot pass, nor a post', async () => {
    const { errorOf, service } = await setUp({ 'POST /x': ok });
    service.faults.always('GET /x', { kind: 'status', status: 500 });
    expect((await errorOf('x', { graceMs: 1_000 })).code).toBe('HOST_FAULT');
    expect(service.count('GET /x')).toBe(3); // at 0, 250 and 625 ms
    expect((await errorOf('none', { graceMs: 1_000 })).code).toBe('NOT_FOUND');
    expect(service.count('GET /none')).toBe(1);
    service.faults.add('POST /x', { kind: 'status', status: 500 });
    await errorOf('x', { method: 'POST', graceMs: 60_000 });
    expect(service.count('POST /x')).toBe(1);
  });
});

describe('what is too much', () => {
  it('an error of many bytes is told by its beginning', async () => {
    const text = `no room ${'x'.repeat(1_000_000)}`;
    const { errorOf } = await setUp({ 'GET /x': () => ({ status: 500, text }) });
    const { message, details } = await errorOf('x', { maxBytes: 2_000_000 });
    expect(message).toContain('no room');
    expect(String(details['body']).length).toBeLessThan(3_000);
  });

  it('much JSON is read in pieces, by the parser that is given', async () => {
    const list = Array.from({ length: 400_000 }, (_, at) => 10 + (at % 90));
    const { http, ctx } = await setUp({ 'GET /x': () => ({ json: { list } }) });
    let longest = 0;
    const parse = (text: string): unknown => {
      longest = Math.max(longest, text.length);
      return JSON.parse(text);
    };
    expect((await http.send('x', ctx, { parse })).json()).toEqual({ list });
    expect(longest).toBeLessThan(300_000);
  });

  it('an answer above the limit', async () => {
    const { errorOf } = await setUp({ 'GET /x': () => ({ bytes: new Uint8Array(2_000) }) });
    expect((await errorOf('x', { maxBytes: 1_000 })).code).toBe('PAYLOAD_TOO_LARGE');
  });

  it('a web page in place of JSON', async () => {
    const { http, ctx, service } = await setUp({ 'GET /x': ok });
    service.faults.add('GET /x', { kind: 'html' });
    const answer = await http.send('x', ctx);
    expect(() => answer.json()).toThrow(/answered no JSON: <!DOCTYPE html>/);
  });
});

describe('a streamed answer', () => {
  const pieces: FakeRoute = () => ({
    headers: { 'content-type': 'text/event-stream' },
    async stream(write) {
      write('one');
      write('two');
    },
  });
  const collect = async (stream: AsyncIterable<Uint8Array>) => {
    let text = '';
    for await (const piece of stream) text += new TextDecoder().decode(piece);
    return text;
  };
  const codeOf = (error: unknown) => ComfygenError.is(error) && error.code;

  it('comes piece by piece, to its end', async () => {
    const { http, ctx, clock, service } = await setUp({ 'GET /x': pieces });
    const text = collect(http.stream('x', ctx, { headers: { accept: 'text/event-stream' } }));
    expect(await clock.run(text)).toBe('onetwo');
    expect(service.requests[0]!.headers).toMatchObject({ authorization: `Bearer ${SECRET}` });
    expect(clock.sleeping).toBe(0);
  });

  it.each<[HttpFault, string]>([
    [{ kind: 'status', status: 501 }, 'HOST_FAULT'],
    [{ kind: 'rate-limited', hint: 'none', ms: 1 }, 'RATE_LIMITED'],
    [{ kind: 'truncated' }, 'HOST_FAULT'],
    [{ kind: 'silence' }, 'HOST_FAULT'],
  ])('%o ends it with %s', async (fault, code) => {
    const { http, ctx, clock, service } = await setUp({ 'GET /x': pieces });
    service.faults.add('GET /x', fault);
    const error = await clock.run(collect(http.stream('x', ctx)).catch(codeOf));
    expect(error).toBe(code);
    expect(clock.sleeping).toBe(0);
  });

  it('is given up when it falls silent, and closed when nobody reads on', async () => {
    const closed: string[] = [];
    const { http, ctx, clock } = await setUp({
      'GET /x': () => ({
        async stream(write, signal) {
          write('one');
          await new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => resolve());
          });
          closed.push('x');
        },
      }),
    });
    expect(await clock.run(collect(http.stream('x', ctx, { silenceMs: 500 })).catch(codeOf))).toBe(
      'HOST_FAULT',
    );
    for await (const _ of http.stream('x', ctx)) break;
    await clock.settle();
    expect(closed).toHaveLength(2);
    expect(clock.sleeping).toBe(0);
  });

  it('rethrows the reason of the caller', async () => {
    const { http, clock } = await setUp({
      'GET /x': () => ({ stream: () => new Promise<void>(() => {}) }),
    });
    const stop = new AbortController();
    const reason = new Error('enough');
    const read = collect(http.stream('x', createCallContext({ clock, signal: stop.signal })));
    await clock.settle();
    stop.abort(reason);
    await expect(read).rejects.toBe(reason);
    expect(clock.sleeping).toBe(0);
  });
});

it('takes other secrets out of errors', async () => {
  const service = await createFakeService({
    routes: { 'GET /x': () => ({ status: 500, text: 'bad key partner-key-1234' }) },
  });
  onTestFinished(() => service.close());
  const secrets = () => ['partner-key-1234', undefined];
  const http = createHttpClient({ part, baseUrl: () => service.url, secrets });
  await expect(http.send('x', createCallContext())).rejects.toThrow('bad key [redacted]');
});

it('a port that fetch never talks to was sent nothing', async () => {
  const { ctx } = await setUp({});
  const http = createHttpClient({ part, baseUrl: () => 'http://127.0.0.1:9' });
  const sent = http.send('run', ctx, { method: 'POST', submit: true, json: {} });
  await expect(sent).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
