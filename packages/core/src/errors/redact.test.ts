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

  it('keeps a harmless cause as it is', () => {
    const cause = new Error('disk full');
    expect(new ComfygenError('FILE_ACCESS', 'no', { cause }).cause).toBe(cause);
    expect('cause' in new ComfygenError('FILE_ACCESS', 'no')).toBe(false);
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
