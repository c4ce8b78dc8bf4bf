import { crc32 } from 'node:zlib';

/** Signature and header chunk of a PNG, in bytes. */
const AFTER_HEADER = 8 + 25;

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
