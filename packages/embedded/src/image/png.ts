import { crc32 } from 'node:zlib';
import {
  ComfygenError,
  type PngInfo,
  type PngRow,
  readPng,
  runAtOnce,
  type Work,
} from 'comfygen/plugin';
import type { ImageBatch } from '../model/types.ts';
import type { Mask } from '../runtime/values.ts';
import { pack } from './pack.ts';
import { insertPngText } from './png-text.ts';

/**
 * One picture of a batch as PNG, 8 bits a channel, with these text chunks. The same pixels give the
 * same bytes on every machine: the encoder and its compression are plain JavaScript.
 */
export function* encodeImagePng(
  image: ImageBatch,
  index: number,
  texts: { [keyword: string]: string },
): Work<Uint8Array> {
  const { width, height } = image;
  const line = width * 3;
  const offset = index * height * line;
  const png = yield* encodeRows(width, height, (row, y) => {
    // ComfyUI clips and truncates; it does not round.
    for (let i = 0; i < line; i++) {
      const value = image.data[offset + y * line + i] as number;
      row[i] = Math.min(Math.max(Math.fround(255 * value), 0), 255);
    }
  });
  return insertPngText(png, texts);
}

/** RGB bytes as PNG without text. */
export function encodeRgbPng(width: number, height: number, rgb: Uint8Array): Uint8Array {
  if (rgb.length !== width * height * 3) {
    throw new RangeError(`${rgb.length} bytes are not ${width} × ${height} × 3.`);
  }
  const line = width * 3;
  return runAtOnce(
    encodeRows(width, height, (row, y) => row.set(rgb.subarray(y * line, (y + 1) * line))),
  );
}

function* encodeRows(
  width: number,
  height: number,
  fill: (row: Uint8Array, y: number) => void,
): Work<Uint8Array> {
  const packed = yield* pack(height, 1 + width * 3, (piece, y, line) => {
    // A row's first byte, 0, says that it is not filtered.
    for (let at = 0; at < piece.length; at += line) {
      fill(piece.subarray(at + 1, at + line), y + at / line);
    }
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const chunks = [chunk('IHDR', [header]), chunk('IDAT', packed), chunk('IEND', [])];
  return new Uint8Array(Buffer.concat([SIGNATURE, ...chunks.flat()]));
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

function chunk(type: string, parts: readonly Uint8Array[]): Uint8Array[] {
  const [length, name, check] = [Buffer.alloc(4), Buffer.from(type, 'latin1'), Buffer.alloc(4)];
  length.writeUInt32BE(parts.reduce((sum, part) => sum + part.length, 0));
  check.writeUInt32BE(parts.reduce((sum, part) => crc32(part, sum), crc32(name)));
  return [length, name, ...parts, check];
}

/**
 * A PNG's pixels as ComfyUI's LoadImage gives them; the mask is 1 − alpha, or 64 × 64 zeros without alpha. `claim` is
 * told the size before room is made for it, and may throw. Throws UNSUPPORTED_FORMAT for what is no whole PNG.
 */
export async function decodePng(
  bytes: Uint8Array,
  name: string,
  claim: (width: number, height: number) => void,
  signal?: AbortSignal,
): Promise<{ image: ImageBatch; mask: Mask }> {
  const fail = (reason: string, cause?: unknown) =>
    new ComfygenError('UNSUPPORTED_FORMAT', `"${name}" ${reason}.`, {
      details: { file: name },
      cause,
    });
  const made: { image: ImageBatch | undefined; mask: Mask } = {
    image: undefined,
    mask: emptyMask(),
  };
  const begin = (info: PngInfo) => {
    const { width, height, depth, palette, channels } = info;
    if (depth < 8 && !palette) throw fail('has fewer than 8 bits a channel');
    if (info.hasKeyColour) {
      throw fail('marks a colour as transparent: save it with an alpha channel');
    }
    claim(width, height);
    const image = { count: 1, height, width, data: new Float32Array(width * height * 3) };
    made.image = image;
    if (palette || channels % 2 === 0) {
      made.mask = { count: 1, height, width, data: new Float32Array(width * height) };
    }
    return (row: PngRow) => paintRow(info, row, image, made.mask.data);
  };
  try {
    await readPng(bytes, { maxPixels: Number.POSITIVE_INFINITY, signal }, begin);
  } catch (error) {
    const isOurs = ComfygenError.is(error) && error.code === 'INVALID_IMAGE';
    throw isOurs ? fail('is not a PNG that can be read', error) : error;
  }
  return { image: made.image as ImageBatch, mask: made.mask };
}

function paintRow(
  { channels, depth, palette }: PngInfo,
  { y, x, step, count, samples }: PngRow,
  { width, data }: ImageBatch,
  mask: Float32Array,
): void {
  // ComfyUI reads grey of 8 bits as n · 256 of 65535.
  const full = palette ? 255 : channels < 3 && depth === 8 ? 65535 / 256 : 2 ** depth - 1;
  const [from, size] = palette ? [palette, 4] : [samples, channels];
  for (let i = 0; i < count; i++) {
    const at = palette ? (samples[i] as number) * 4 : i * channels;
    const to = y * width + x + i * step;
    for (let c = 0; c < 3; c++) {
      data[to * 3 + c] = (from[at + (size < 3 ? 0 : c)] ?? 0) / full;
    }
    if (size % 2 === 0) mask[to] = 1 - (from[at + size - 1] ?? full) / full;
  }
}

function emptyMask(): Mask {
  return { count: 1, height: 64, width: 64, data: new Float32Array(64 * 64) };
}
