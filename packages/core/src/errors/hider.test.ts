import { expect, it } from 'vitest';
import { createHider } from './hider.ts';

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

it('hides a secret however it is encoded', () => {
  const secret = 'pä/ss "w"+ö&1<2';
  const hide = createHider([secret]);
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[^ -~]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  for (const told of [
    json,
    JSON.stringify(json),
    JSON.stringify(JSON.stringify(JSON.stringify(json))),
    ascii,
    json.replaceAll('/', '\\/'),
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    encodeURI(secret).toLowerCase(),
    String(new URLSearchParams({ a: secret })).slice(2),
    secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&#60;'),
    secret.toUpperCase(),
  ])
    expect(hide(`<${told}>`), told).not.toMatch(/ss|%73|w"/i);
});

it('hides a secret in base64, whatever stands before and after it', () => {
  const hide = createHider(['planted-secret-1234']);
  for (const before of ['', 'a', 'me:', 'user:'])
    for (const after of ['', 'x', '>>>']) {
      const told = Buffer.from(`${before}planted-secret-1234${after}`).toString('base64');
      const left = Buffer.from(hide(`Basic ${told}.`).split(' ')[1]!.split('[')[0]!, 'base64');
      expect(hide(told)).toContain('[redacted]');
      expect(String(left)).not.toContain('planted');
    }
});
