const CHUNK = 0x8000;

/** Bytes as base64, wherever this runs. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  // One call for all bytes would overflow the stack.
  for (let at = 0; at < bytes.length; at += CHUNK)
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary);
}
