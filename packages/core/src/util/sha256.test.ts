import { afterEach, describe, expect, it, vi } from 'vitest';
import { sha256Hex } from './sha256.ts';

afterEach(() => vi.restoreAllMocks());

const KNOWN: [data: string | Uint8Array, hex: string][] = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    new Uint8Array([97, 98, 99]),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  ],
];
const ODD = ['é 狐 🦊', 'half \ud83e of one', new Uint8Array(new ArrayBuffer(300), 7, 200).fill(5)];

const crypto = process.getBuiltinModule('node:crypto');

describe.each([
  ['with Node’s own', () => {}],
  [
    'with what has no short way',
    () =>
      vi
        .spyOn(process, 'getBuiltinModule')
        .mockReturnValue({ createHash: crypto.createHash } as never),
  ],
  ['without', () => vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)],
])('SHA-256 %s', (_, arrange) => {
  it('is the standard one', () => {
    arrange();
    for (const [data, hex] of KNOWN) expect(sha256Hex(data)).toBe(hex);
  });
});

it('is the same with and without Node’s own', () => {
  const own = ODD.map(sha256Hex);
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
  expect(ODD.map(sha256Hex)).toEqual(own);
});
