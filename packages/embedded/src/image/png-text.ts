import { crc32 } from 'node:zlib';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const AFTER_HEADER = SIGNATURE.length + 25;

/** The `tEXt` chunks of a PNG by keyword; empty for bytes that are no PNG. Broken chunks end the list. */
export function readPngText(bytes: Uint8Array): Record<string, string> {
  const texts: Record<string, string> = {};
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) return texts;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin1 = new TextDecoder('latin1');
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = latin1.decode(bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (data.length < length) break;
    const split = data.indexOf(0);
    if (type === 'tEXt' && split > 0) {
      texts[latin1.decode(data.subarray(0, split))] = latin1.decode(data.subarray(split + 1));
    }
    at += length + 12;
  }
  return texts;
}

/** The PNG with these texts right behind its header, where readers look first. Texts must be Latin-1. */
export function insertPngText(png: Uint8Array, texts: { [keyword: string]: string }): Uint8Array {
  const chunks = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  return Buffer.concat([png.subarray(0, AFTER_HEADER), ...chunks, png.subarray(AFTER_HEADER)]);
}

function textChunk(keyword: string, text: string): Uint8Array {
  const body = Buffer.from(`tEXt${keyword}\0${text}`, 'latin1');
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
