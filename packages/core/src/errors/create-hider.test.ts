import { expect, it } from 'vitest';
import { createHider } from '../errors/redact.ts';

it('hides a secret whole where another one is its beginning', () => {
  const hide = createHider(['team', 'team-key-12345']);
  expect(hide('got team-key-12345 from team')).toBe('got [redacted] from [redacted]');
});

it('hides a secret in the form that it has in a URL', () => {
  expect(createHider(['p&ss word'])('?key=p%26ss%20word')).toBe('?key=[redacted]');
});

it('leaves alone what is too short to be a secret', () => {
  expect(createHider(['a', undefined, ''])('a banana')).toBe('a banana');
});
