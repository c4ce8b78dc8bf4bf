import { describe, expect, it } from 'vitest';
import { openDocument, sealDocument } from './seal.ts';

const kind = { schema: 'test/thing@2', noun: 'thing', code: 'INVALID_SCORES' } as const;

describe('sealDocument', () => {
  it('gives equal content equal hashes, whatever the order of its keys', () => {
    const one = sealDocument({ schema: 'test/thing@2', a: 1, b: [0.1, null] });
    const other = sealDocument({ b: [0.1, null], a: 1, schema: 'test/thing@2' });
    expect(one.hash).toBe(other.hash);
    expect(one.hash).not.toBe(sealDocument({ schema: 'test/thing@2', a: 2 }).hash);
  });

  it('opens what it sealed, after a way through JSON', () => {
    const sealed = sealDocument({ schema: 'test/thing@2', a: [1.5, 'x'] });
    expect(openDocument(JSON.parse(JSON.stringify(sealed)), kind)).toEqual(sealed);
  });

  it.each([
    ['a list', [], 'not a JSON object'],
    ['null', null, 'not a JSON object'],
    ['another document', { schema: 'comfygen/record@1' }, '"schema" is not test/thing@2'],
    ['an older version', { schema: 'test/thing@1' }, 'it is test/thing@1'],
    ['one without a hash', { schema: 'test/thing@2', a: 1 }, 'does not match its hash'],
    [
      'an edited one',
      { ...sealDocument({ schema: 'test/thing@2', a: 1 }), a: 2 },
      'does not match its hash',
    ],
  ])('refuses %s', (_, value, reason) => {
    expect(() => openDocument(value, kind)).toThrow(
      expect.objectContaining({ code: 'INVALID_SCORES', message: expect.stringContaining(reason) }),
    );
  });
});
