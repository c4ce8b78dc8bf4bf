import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from './codes.ts';

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([A-Z_]+)`( ↻)? +\| ([^|]+)\| ([^|]+)\|$/gm)];

describe('docs/errors.md', () => {
  it('lists the codes of core, each once', () => {
    expect(rows.map(([, code]) => code).sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });

  it('marks those that may pass', () => {
    const marked = rows.flatMap(([, code, mark]) => (mark ? [code] : []));
    const retryable = Object.entries(ERROR_CODES).flatMap(([code, { retryable }]) =>
      retryable ? [code] : [],
    );
    expect(marked.sort()).toEqual(retryable.sort());
  });

  it('says of each when it comes and what to do', () => {
    for (const [, code, , when, remedy] of rows)
      expect([code, when?.trim(), remedy?.trim()]).not.toContain('');
  });
});
