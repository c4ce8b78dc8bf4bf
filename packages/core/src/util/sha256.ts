import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 in hexadecimal; a text counts as its UTF-8. By Node's own where there is one: of a picture ten times faster. */
export function sha256Hex(data: string | Uint8Array): string {
  const { process } = globalThis as Partial<typeof globalThis>;
  const crypto = process?.getBuiltinModule?.('node:crypto');
  // Not every runtime that has the rest has the short way.
  if (crypto?.hash) return crypto.hash('sha256', data, 'hex');
  if (crypto) return crypto.createHash('sha256').update(data).digest('hex');
  return bytesToHex(sha256(typeof data === 'string' ? utf8ToBytes(data) : data));
}
