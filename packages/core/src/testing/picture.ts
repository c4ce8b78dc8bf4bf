import assert from 'node:assert/strict';
import { crc32, deflateSync } from 'node:zlib';
import { isPng, PNG_SIGNATURE } from '../util/png.ts';

const MAGIC: [mediaType: string, test: (bytes: Buffer) => boolean][] = [
  ['image/png', isPng],
  ['image/jpeg', (b) => b.subarray(0, 3).toString('hex') === 'ffd8ff'],
  ['image/gif', (b) => b.subarray(0, 4).toString('latin1') === 'GIF8'],
  [
    'image/webp',
    (b) => b.toString('latin1', 0, 4) === 'RIFF' && b.toString('latin1', 8, 12) === 'WEBP',
  ],
  ['image/avif', (b) => b.toString('latin1', 4, 12) === 'ftypavif'],
];

/** Fails unless the bytes begin as an image of that type does, and a PNG has its end. */
export function assertImage(bytes: Uint8Array, mediaType: string): void {
  assert.ok(bytes instanceof Uint8Array, 'an image must be a Uint8Array');
  const buffer = Buffer.from(bytes);
  const found = MAGIC.find(([, test]) => test(buffer))?.[0];
  assert.ok(found, `the bytes are no image that we know; they begin with ${startOf(buffer)}`);
  assert.equal(mediaType, found, 'the media type must be that of the bytes');
  if (found === 'image/png') assert.ok(buffer.includes('IEND'), 'the PNG is cut off');
}

/** Whether the bytes begin as an image does, and a PNG has its first chunk whole. */
export function isPicture(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes);
  return isPng(buffer) ? buffer.length > 33 : MAGIC.some(([, test]) => test(buffer));
}

/**
 * The part of an image in which two equal pictures agree: of a PNG the pixel data, without what is written beside it.
 */
export function pixelData(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  if (!isPng(buffer)) return buffer.toString('base64');
  const parts: Buffer[] = [];
  for (let at = 8; at + 8 <= buffer.length; ) {
    const length = buffer.readUInt32BE(at);
    const type = buffer.toString('latin1', at + 4, at + 8);
    if (type === 'IHDR' || type === 'IDAT') parts.push(buffer.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return Buffer.concat(parts).toString('base64');
}

/** An 8-bit RGB PNG, its pixels by column and row from 0: for fakes that must make a real picture. */
export function encodePng(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [red: number, green: number, blue: number],
): Uint8Array {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows.set(colour(x, y), y * (1 + width * 3) + 1 + x * 3);
  return new Uint8Array(joinPng([pngHeader(width, height, 8, 2), ['IDAT', deflateSync(rows)]]));
}

/** A chunk of a PNG, before its length and its sum are added. */
export type PngChunk = readonly [type: string, data: Uint8Array];

/** The first chunk of a PNG; `colour` is the number of its kind, 2 for RGB. */
export function pngHeader(
  width: number,
  height: number,
  depth: number,
  colour: number,
  interlace = 0,
): PngChunk {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, 0, 0, interlace], 8);
  return ['IHDR', data];
}

/** A PNG of these chunks, whatever they hold, and its end. */
export function joinPng(chunks: readonly PngChunk[]): Buffer {
  const end: PngChunk = ['IEND', Buffer.alloc(0)];
  return Buffer.concat([Buffer.from(PNG_SIGNATURE), ...[...chunks, end].map(encodeChunk)]);
}

function encodeChunk([type, data]: PngChunk): Buffer {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length);
  whole.write(type, 4, 'latin1');
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}

function startOf(bytes: Buffer): string {
  return bytes.length === 0 ? 'nothing' : JSON.stringify(bytes.toString('latin1', 0, 16));
}
