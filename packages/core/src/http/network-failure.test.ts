import { expect, it } from 'vitest';
import { networkFailure } from './network-failure.ts';

const coded = (code: string, more: object = {}) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code, ...more }) });

it.each([
  ['a name that nobody knows', coded('EAI_FAIL')],
  ['a connection that took too long', coded('ETIMEDOUT', { syscall: 'connect' })],
  ['a certificate of nobody', coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE')],
  ['a handshake that failed', coded('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE')],
  [
    'a connection that ended before it was safe',
    coded('ECONNRESET', {
      message: 'Client network socket disconnected before secure TLS connection was established',
    }),
  ],
  [
    'all addresses of a host',
    new TypeError('fetch failed', {
      cause: Object.assign(
        new AggregateError([
          Object.assign(new Error('no'), { code: 'ETIMEDOUT', syscall: 'connect' }),
          Object.assign(new Error('no'), { code: 'EHOSTUNREACH', syscall: 'connect' }),
        ]),
        { code: 'ETIMEDOUT' },
      ),
    }),
  ],
])('%s: nothing was sent', (_what, error) => {
  expect(networkFailure(error)).toBe('refused');
});

it.each([
  ['a reset', coded('ECONNRESET', { syscall: 'read' })],
  ['an end without an answer', coded('UND_ERR_SOCKET')],
  ['a silence', coded('ETIMEDOUT', { syscall: 'read' })],
  ['garbled records', coded('ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC')],
  ['what a browser says', new TypeError('Failed to fetch')],
  ['something else', 'no'],
])('%s: it may have been sent', (_what, error) => {
  expect(networkFailure(error)).toBe('broken');
});
