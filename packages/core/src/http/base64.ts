/** Bytes in base64. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  // Above some ten thousand arguments a call fails.
  for (let at = 0; at < bytes.length; at += 8_192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(text);
}

/** The bytes of base64 or of a data URI; `undefined` where the text is neither. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bare = text.replace(/^data:[^,]*;base64,/i, '');
  try {
    const letters = atob(bare);
    const bytes = new Uint8Array(letters.length);
    // By hand: `from` takes ten times as long, which a large picture would hold others up for.
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
    return bytes;
  } catch {
    return undefined;
  }
}
