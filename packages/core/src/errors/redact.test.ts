import { describe, expect, it } from 'vitest';
import { ComfygenError } from './comfygen-error.ts';
import { redactText, redactValue } from './redact.ts';

const SECRET = 'r8_abcdefghijklmnop';

describe('redactText', () => {
  it.each([
    ['a bearer token', 'got 401 for Bearer abcdefgh12345', 'abcdefgh12345'],
    ['basic credentials', 'sent Basic dXNlcjpwYXNz1Q==', 'dXNlcjpwYXNz1Q=='],
    ['a key by its shape', `key ${SECRET} is wrong`, SECRET],
    ["a URL's user", 'GET http://me:hunter22@host/x', 'hunter22'],
    ['a key in a query', 'GET https://host/x?a=1&api_key=s3cr3t&b=2', 's3cr3t'],
    ['a user without a password', 'GET https://t0ps3cr3t@host/x', 't0ps3cr3t'],
    ['a password without a user', 'GET wss://:t0ps3cr3t@host/x', 't0ps3cr3t'],
    ['a password with marks of an address', 'http://me:t0p/s3cr3t#@host:81/x', 's3cr3t'],
    ['a user of an address without a scheme', 'got "me:t0ps3cr3t@10.0.0.1:81"', 't0ps3cr3t'],
    ['an address in an address', 'to=https%3A%2F%2Fme%3At0ps3cr3t%40host', 't0ps3cr3t'],
    ['an address in JSON', String.raw`"http:\/\/me:t0ps3cr3t@host"`, 't0ps3cr3t'],
    ['a password in a query', 'https://host/x?a=1&user_pwd=s3cr3t!', 's3cr3t!'],
    ['a key in an escaped query', String.raw`x?a=1\u0026clientSecret=s3cr3t`, 's3cr3t'],
    ['a field of JSON', '{"seed":1,"client_secret":"s3cr3t"}', 's3cr3t'],
    ['a field of JSON in JSON', String.raw`"{\"password\":\"s3cr3t\"}"`, 's3cr3t'],
    ['a header of several parts', 'Cookie: a=s3cr3t; b=c', 's3cr3t'],
    ['what is repeated', 'GET /x?token=t0ps3cr3t: no t0ps3cr3t, nor t0p%733cr3t', '733cr3t'],
    ['a signed token', 'eyJhbGciOiJI.eyJzdWIiOiI.SflKxwRJSM', 'SflKxw'],
    ['a signature in a query', 'https://host/x?X-Amz-Signature=abc123&y', 'abc123'],
  ])('takes out %s', (_what, text, secret) => {
    const redacted = redactText(text);
    expect(redacted).not.toContain(secret);
    expect(redacted).toContain('[redacted]');
    expect(redactText(redacted)).toBe(redacted);
  });

  it.each([
    'Node 5 (KSampler): seed 18446744073709551615 at http://127.0.0.1:8188/prompt?page=2',
    'Basic watercolour, Key lighting and a Token ornament',
    'a task-oriented sketch of a risk-assessment',
    'executor trial needs apiKey: give the option, or set the environment variable TRIAL_KEY.',
    "KeyError: 'node_12' in https://unpkg.com/@scope/pkg@1.2.0/file",
    'keyframes=12 max_tokens: 2 steps: 20, monkey=3',
    'ImportError: No module named foo:bar12345',
  ])('leaves other text alone: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('redactValue', () => {
  it('gives JSON for whatever it gets', () => {
    const circle: Record<string, unknown> = { seed: 2n ** 64n - 1n, bytes: new Uint8Array(3) };
    circle['self'] = circle;
    let deep: unknown = 'bottom';
    for (let n = 0; n < 10_000; n++) deep = { deep };
    const value = redactValue({
      circle,
      deep,
      nan: Number.NaN,
      at: new Date(0),
      url: new URL('http://a:b@host/'),
      apiKey: SECRET,
      fn: () => 1,
    });
    const json = JSON.stringify(value);
    expect(json).not.toContain(SECRET);
    expect(JSON.parse(json)).toMatchObject({
      circle: { seed: '18446744073709551615', bytes: '[3 bytes]', self: '[circular]' },
      nan: 'NaN',
      at: '1970-01-01T00:00:00.000Z',
      url: 'http://[redacted]@host/',
      apiKey: '[redacted]',
    });
  });
});

describe('redactValue by name', () => {
  it.each<[string, unknown]>([
    ['a list under a name', { 'x-api-key': ['abc'] }],
    ['what lies deeper', { a: [{ b: { credentials: { id: ['abc'] } } }] }],
    ['a Map', new Map([['password', 'abc']])],
    ['a Map in a Set', new Set([new Map([['auth', 'abc']])])],
    ['headers that nobody knows', { headers: { 'x-shop': 'abc' } }],
    ['Headers', { sent: new Headers({ 'x-shop': 'abc' }) }],
    ['raw headers', { rawHeaders: ['x-shop', 'abc', 'Cookie', 'abc'] }],
    ['pairs', { list: [['authorization', 'abc']] }],
    ['fields with names', { list: [{ name: 'sessionToken', value: 'abc' }] }],
    ['a query', { query: new URLSearchParams({ sig: 'abc' }) }],
    ['a big number', { secret: 123n }],
  ])('hides %s', (_what, value) => {
    const json = JSON.stringify(redactValue(value));
    expect(json).toContain('[redacted]');
    expect(json).not.toMatch(/abc|123/);
  });

  it('shows what is no secret', () => {
    const value = {
      headers: { 'content-type': 'text/html', 'retry-after': '3' },
      fields: ['apiKey', 'url'],
      usage: { inputTokens: 12 },
      list: [['seed', 'abc']],
      author: 'abc',
    };
    expect(redactValue(value)).toEqual(value);
  });
});

describe('ComfygenError', () => {
  it('shows no secret, however it is printed', async () => {
    const { inspect } = await import('node:util');
    const inner = new Error(`inner ${SECRET}`);
    const cause = new TypeError(`fetch of https://h/?token=${SECRET} failed`, { cause: inner });
    const details = { headers: { authorization: `Bearer ${SECRET}` } };
    const error = new ComfygenError('AUTH', `No ${SECRET}`, { cause, details });
    for (const text of [
      String(error),
      error.stack,
      JSON.stringify(error),
      inspect(error, { depth: 9 }),
    ])
      expect(text).not.toContain(SECRET);
    expect((error.cause as Error).name).toBe('TypeError');
  });

  it('keeps of a cause its name, code, message and stack, and the rest out of sight', async () => {
    const { inspect } = await import('node:util');
    const cause = Object.assign(new RangeError('disk full'), {
      code: 'ENOSPC',
      path: '/x',
      SECRET,
    });
    const error = new ComfygenError('FILE_ACCESS', 'no', { cause });
    expect(error.cause).toMatchObject({ name: 'RangeError', code: 'ENOSPC', message: 'disk full' });
    expect((error.cause as Error).stack).toBe(cause.stack);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
    expect(error.rawCause()).toBe(cause);
    expect('cause' in new ComfygenError('FILE_ACCESS', 'no')).toBe(false);
  });

  it('cleans what failed together, and what is no error', async () => {
    const { inspect } = await import('node:util');
    const together = new AggregateError([new Error(`Bearer ${SECRET}`)], 'all failed');
    const thrown = { status: 401, request: { secretHeader: SECRET }, message: `bad ${SECRET}` };
    for (const cause of [together, thrown, [SECRET], new Map([['apiKey', SECRET]])]) {
      const error = new ComfygenError('UNAVAILABLE', 'x', { cause });
      expect(inspect(error, { depth: 9 })).not.toContain(SECRET);
    }
    const { cause } = new ComfygenError('UNAVAILABLE', 'x', { cause: together });
    expect((cause as AggregateError).errors[0].message).toBe('Bearer [redacted]');
  });

  it('bears causes and details that throw where they are read', () => {
    const throws = () => {
      throw new Error('no');
    };
    const traps = { get: throws, has: throws, ownKeys: throws, getPrototypeOf: throws };
    const odd = new Proxy({}, traps);
    const error = new ComfygenError('PART_FAILED', 'x', { cause: odd, details: { odd } });
    expect(error.details).toEqual({ odd: '[unreadable]' });
    expect(JSON.stringify(error)).toContain('what was thrown is no error');
  });

  it('hides wherever it is repeated what a field of the cause or the details says is a key', () => {
    const plain = 'plainvalue12345';
    const cause = Object.assign(new Error(`refused: ${plain}`), {
      config: { headers: { 'X-Shop-Id': plain } },
    });
    const error = new ComfygenError('AUTH', `got ${plain}`, { cause });
    expect(`${error.message} ${error.stack} ${error.cause}`).not.toContain(plain);
  });

  it('is known across installed copies, by code', () => {
    const other = Object.assign(new Error('x'), {
      code: 'AUTH',
      [Symbol.for('comfygen.error')]: true,
    });
    expect(ComfygenError.is(other, 'AUTH')).toBe(true);
    expect(ComfygenError.is(other, 'NO_FLOW')).toBe(false);
    for (const not of [undefined, null, 'AUTH', { code: 'AUTH' }, new Error('AUTH')])
      expect(ComfygenError.is(not)).toBe(false);
  });

  it('takes retryable from the code, unless the part knows better', () => {
    expect(new ComfygenError('HOST_FAULT', '').retryable).toBe(true);
    expect(new ComfygenError('AUTH', '').retryable).toBe(false);
    expect(new ComfygenError('AUTH', '', { retryable: true }).retryable).toBe(true);
  });
});
