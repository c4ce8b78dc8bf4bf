const OPEN = 0x7b;
const CLOSE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** More objects than any picture carries; guards against a file that is made of braces. */
const MAX_TRIES = 10_000;
const utf8 = new TextDecoder();

/**
 * The JSON objects that lie unpacked in a binary file, in their order: ComfyUI and node packs write their graphs
 * so into WebP, JPEG and AVIF (Exif), MP4 and WebM, FLAC and MP3, each in a place of its own.
 */
export function readEmbeddedJson(bytes: Uint8Array): string[] {
  const texts: string[] = [];
  let tries = 0;
  for (let at = bytes.indexOf(OPEN); at >= 0 && tries < MAX_TRIES; ) {
    tries += 1;
    const end = endOfObject(bytes, at);
    if (end >= 0) texts.push(utf8.decode(bytes.subarray(at, end)));
    at = bytes.indexOf(OPEN, Math.max(end, at + 1));
  }
  return texts;
}

/** Where the object that begins at `start` ends; -1 where none does. */
function endOfObject(bytes: Uint8Array, start: number): number {
  let first = start + 1;
  while (SPACES.has(bytes[first] ?? 0)) first += 1;
  if (bytes[first] !== QUOTE) return -1;
  let depth = 0;
  let inText = false;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte < 0x20 && (inText || !SPACES.has(byte))) return -1;
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN) depth += 1;
    else if (byte === CLOSE) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}
