import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './response-error.ts';

describe('readRetryAfter', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }, 9_000],
    [{ 'retry-after': 'Thu, 01 Jan 2015 00:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%o is %s ms', (headers, ms) => {
    expect(readRetryAfter(new Headers(headers as Record<string, string>), undefined, now)).toBe(ms);
  });

  it.each([
    [{ retry_after: 7 }, 7_000],
    [{ retry_after: '1.5' }, 1_500],
    [{ detail: 'Request was throttled. Your rate limit resets in ~7s.' }, 7_000],
    [{ detail: 'Try again in 2 minutes.' }, 120_000],
    [{ detail: 'Try later.' }, undefined],
    ['resets in ~7s', undefined],
  ])('reads %o where no header tells', (body, ms) => {
    expect(readRetryAfter(new Headers(), body, now)).toBe(ms);
    expect(readRetryAfter(new Headers({ 'retry-after': '1' }), body, now)).toBe(1_000);
  });
});
