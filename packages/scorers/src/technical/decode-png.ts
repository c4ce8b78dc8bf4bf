import { decode } from 'fast-png';
import { checkSize, invalidImage, type Pixels } from './image.ts';

// Colour profiles and texts are not needed, and unpacking theirs could fill the memory.
const KEPT = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
const SIGNATURE = 8;

/** The pixels of a whole PNG of any colour type and depth. Throws INVALID_IMAGE. */
export async function decodePng(bytes: Uint8Array, maxPixels: number): Promise<Pixels> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33) throw invalidImage('the PNG ends inside its header');
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  checkSize(width, height, maxPixels);
  const chunks = readChunks(bytes, view);
  await checkData(chunks, packedSize(view, width, height));
  try {
    return toPixels(decode(join([bytes.subarray(0, SIGNATURE), ...chunks.map((c) => c.whole)])));
  } catch (cause) {
    throw invalidImage('the PNG cannot be decoded', cause);
  }
}

interface Chunk {
  type: string;
  whole: Uint8Array;
  data: Uint8Array<ArrayBuffer>;
}

function readChunks(bytes: Uint8Array, view: DataView): Chunk[] {
  const chunks: Chunk[] = [];
  let at = SIGNATURE;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (KEPT.has(type)) {
      const data = new Uint8Array(bytes.subarray(at + 8, end - 4));
      chunks.push({ type, whole: bytes.subarray(at, end), data });
    }
    if (type === 'IEND') return chunks;
    at = end;
  }
  throw invalidImage('the PNG is cut off before its end');
}

/** How many bytes the rows take once unpacked, filter bytes included; interlaced ones at most. */
function packedSize(view: DataView, width: number, height: number) {
  const channels = [1, 0, 3, 1, 2, 0, 4][view.getUint8(25)] ?? 0;
  const rowBytes = Math.ceil((width * channels * view.getUint8(24)) / 8);
  const size = (rowBytes + 1) * height;
  const isInterlaced = view.getUint8(28) !== 0;
  // Seven passes, each with a filter byte and up to a byte of padding a row.
  return { least: isInterlaced ? 1 : size, most: isInterlaced ? size + 16 * height + 64 : size };
}

/** Unpacks the data piece by piece only to count it: too much is a bomb, too little is cut off. */
async function checkData(chunks: readonly Chunk[], size: { least: number; most: number }) {
  const parts = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream('deflate'));
  let count = 0;
  try {
    for await (const piece of stream as unknown as AsyncIterable<Uint8Array>) {
      count += piece.length;
      if (count > size.most) break;
    }
  } catch (cause) {
    throw invalidImage('the data of the PNG is damaged', cause);
  }
  if (count > size.most) throw invalidImage('the PNG holds more data than its size says');
  if (count < size.least) throw invalidImage('the PNG holds less data than its size says');
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toPixels(png: ReturnType<typeof decode>): Pixels {
  const { width, height, channels, depth, data, palette } = png;
  const rgb = new Uint8Array(width * height * 3);
  const sample = sampler(data, width, channels, depth);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const first = sample(pixel, 0);
    const colour = palette?.[first.raw] ?? [];
    const isGrey = channels < 3;
    const alpha = palette
      ? (colour[3] ?? 255) / 255
      : channels === 2 || channels === 4
        ? sample(pixel, channels - 1).level / 255
        : 1;
    for (let c = 0; c < 3; c += 1) {
      const level = palette ? (colour[c] ?? 0) : isGrey ? first.level : sample(pixel, c).level;
      rgb[pixel * 3 + c] = Math.round(level * alpha + 255 * (1 - alpha));
    }
  }
  return { width, height, rgb };
}

/** Samples of 1 to 16 bits as they are and as 0 to 255. */
function sampler(
  data: Uint8Array | Uint8ClampedArray | Uint16Array,
  width: number,
  channels: number,
  depth: number,
) {
  const full = 2 ** depth - 1;
  const rowBytes = Math.ceil((width * channels * depth) / 8);
  return (pixel: number, channel: number) => {
    if (depth >= 8) {
      const raw = data[pixel * channels + channel] ?? 0;
      return { raw, level: depth === 8 ? raw : (raw * 255) / full };
    }
    const row = Math.floor(pixel / width);
    const bit = (pixel % width) * channels * depth + channel * depth;
    const byte = data[row * rowBytes + (bit >> 3)] ?? 0;
    const raw = (byte >> (8 - depth - (bit & 7))) & full;
    return { raw, level: (raw * 255) / full };
  };
}
