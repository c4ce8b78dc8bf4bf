import { ComfygenError } from '../errors/comfygen-error.ts';
import { isPng } from './png.ts';
import { createPacer } from './work.ts';

/** What the chunks before the pixels say of a PNG. */
export interface PngInfo {
  width: number;
  height: number;
  /** Bits of one sample: 1, 2, 4, 8 or 16. */
  depth: number;
  /** Samples of one pixel: grey, grey and alpha, RGB or RGBA; 1 where samples are places in the palette. */
  channels: number;
  /** Red, green, blue and alpha of each colour, 0 to 255. */
  palette: Uint8Array | undefined;
  /** Whether a colour stands for transparency, in a picture without alpha. */
  hasKeyColour: boolean;
}

/** Some pixels of one row, from left to right: all of them, or each `step`-th of an interlaced picture. */
export interface PngRow {
  y: number;
  x: number;
  step: number;
  count: number;
  /** `channels` numbers for each pixel, each of `depth` bits; overwritten by the next row. */
  samples: Uint16Array;
}

/** Limits for `readPng`. */
export interface PngLimits {
  /** The most pixels; larger pictures are refused by their header. */
  maxPixels: number;
  signal?: AbortSignal | undefined;
}

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Record<number, number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
// Of Adam7: where each pass begins and how far its pixels are apart, across and down.
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

const invalid = (message: string, cause?: unknown) =>
  new ComfygenError('INVALID_IMAGE', message, { cause });

/**
 * Reads a PNG row by row without ever holding it unpacked: `begin` is given what its header says, once that is within
 * the limits, and gives the function that takes the rows. All colour types, depths and interlaced pictures are read;
 * of an animation the first picture. Texts and profiles are not unpacked. The event loop has a turn every few
 * milliseconds.
 *
 * @throws INVALID_IMAGE for what is no whole PNG, is larger than `maxPixels`, or holds more data than its size says.
 * An abort rethrows the signal's reason.
 */
export async function readPng(
  bytes: Uint8Array,
  { maxPixels, signal }: PngLimits,
  begin: (info: PngInfo) => (row: PngRow) => void,
): Promise<void> {
  if (!isPng(bytes)) throw invalid('the bytes are no PNG');
  const chunks = listChunks(bytes);
  const header = readHeader(chunks.next().value, maxPixels);
  const { info } = header;
  let first: Uint8Array | undefined = readColours(chunks, info, header.indexed);
  const pause = createPacer(signal);
  const take = unpackRows(info, header.interlaced, begin(info));
  const data = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = first ?? (await nextData(chunks, pause));
      first = undefined;
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
  });
  const inflate = new DecompressionStream('deflate') as unknown as ReadableWritablePair<
    Uint8Array,
    Uint8Array
  >;
  const reader = data.pipeThrough(inflate).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (take(value)) throw invalid('the PNG holds more data than its size says');
      await pause();
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if (ComfygenError.is(cause)) throw cause;
    throw invalid('the data of the PNG is damaged', cause);
  } finally {
    // Whatever is left is not unpacked; why it broke off has been said.
    reader.cancel().catch(() => {});
  }
  if (!take(undefined)) throw invalid('the PNG holds less data than its size says');
}

type Chunk = { type: string; data: Uint8Array };

function* listChunks(bytes: Uint8Array): Generator<Chunk, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    yield { type, data: bytes.subarray(at + 8, end - 4) };
    if (type === 'IEND') return;
    at = end;
  }
  throw invalid('the PNG is cut off before its end');
}

function readHeader(chunk: Chunk | undefined, maxPixels: number) {
  if (chunk?.type !== 'IHDR' || chunk.data.length < 13) throw invalid('the PNG has no header');
  const view = new DataView(chunk.data.buffer, chunk.data.byteOffset);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, interlace] = [view.getUint8(8), view.getUint8(9), view.getUint8(12)];
  const size = `the PNG has ${width} × ${height} pixels`;
  if (width === 0 || height === 0) throw invalid(size);
  if (width * height > maxPixels) throw invalid(`${size}; at most ${maxPixels} are unpacked`);
  if (!DEPTHS[colour]?.includes(depth) || interlace > 1)
    throw invalid('the PNG is of no known kind');
  const info: PngInfo = {
    width,
    height,
    depth,
    channels: CHANNELS[colour]!,
    palette: undefined,
    hasKeyColour: false,
  };
  return { info, indexed: colour === 3, interlaced: interlace === 1 };
}

/** Fills in the palette, and gives the first piece of the pixels' data. */
function readColours(
  chunks: Generator<Chunk, undefined>,
  info: PngInfo,
  indexed: boolean,
): Uint8Array {
  let [colours, alphas]: (Uint8Array | undefined)[] = [];
  for (let at = chunks.next(); !at.done; at = chunks.next()) {
    const { type, data } = at.value;
    if (type === 'PLTE') colours = data;
    if (type === 'tRNS') alphas = data;
    if (type !== 'IDAT') continue;
    if (!indexed) {
      info.hasKeyColour = alphas !== undefined;
      return data;
    }
    const triples = colours;
    if (triples === undefined) throw invalid('the PNG has no palette');
    info.palette = Uint8Array.from({ length: Math.floor(triples.length / 3) * 4 }, (_, i) =>
      i % 4 === 3 ? (alphas?.[i >> 2] ?? 255) : triples[(i >> 2) * 3 + (i & 3)]!,
    );
    return data;
  }
  throw invalid('the PNG holds no picture');
}

async function nextData(
  chunks: Generator<Chunk, undefined>,
  pause: () => Promise<void> | undefined,
): Promise<Uint8Array | undefined> {
  for (let at = chunks.next(); !at.done; at = chunks.next()) {
    if (at.value.type === 'IDAT' && at.value.data.length > 0) return at.value.data;
    await pause();
  }
  return undefined;
}

/**
 * A function that takes unpacked bytes and gives out rows. True for bytes behind the last row; without bytes: whether
 * all rows came.
 */
function unpackRows(
  { width, height, depth, channels }: PngInfo,
  interlaced: boolean,
  paint: (row: PngRow) => void,
): (bytes: Uint8Array | undefined) => boolean {
  const passes = (interlaced ? PASSES : [[0, 0, 1, 1] as const]).filter(
    ([x, y]) => x < width && y < height,
  );
  const bytesOf = (pixels: number) => Math.ceil((pixels * channels * depth) / 8);
  const behind = Math.max(1, bytesOf(1));
  let row = new Uint8Array(1 + bytesOf(width));
  let above = new Uint8Array(row.length);
  const samples = new Uint16Array(width * channels);
  let [pass, y, filled] = [0, passes[0]![1] as number, 0];
  return (bytes) => {
    if (bytes === undefined) return pass === passes.length;
    for (let at = 0; at < bytes.length; ) {
      const [x, top, step, down] = passes[pass] ?? [0, 0, 0, 0];
      if (step === 0) return true;
      const count = Math.ceil((width - x) / step);
      const length = 1 + bytesOf(count);
      const part = bytes.subarray(at, at + length - filled);
      row.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < length) return false;
      unfilter(row, above, length, behind);
      readSamples(row, depth, samples.subarray(0, count * channels));
      paint({ y, x, step, count, samples });
      [row, above, filled, y] = [above, row, 0, y + down];
      if (y < height) continue;
      pass += 1;
      y = passes[pass]?.[1] ?? top;
      above.fill(0);
    }
    return false;
  };
}

/** Undoes a row's filter, in place; the first byte names it. */
function unfilter(row: Uint8Array, above: Uint8Array, length: number, behind: number): void {
  const filter = row[0]!;
  if (filter > 4) throw invalid('the data of the PNG is damaged');
  if (filter === 0) return;
  for (let i = 1; i < length; i += 1) {
    const left = i > behind ? row[i - behind]! : 0;
    const up = above[i]!;
    if (filter === 1) row[i]! += left;
    else if (filter === 2) row[i]! += up;
    else if (filter === 3) row[i]! += (left + up) >> 1;
    else row[i]! += paeth(left, up, i > behind ? above[i - behind]! : 0);
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function readSamples(row: Uint8Array, depth: number, out: Uint16Array): void {
  if (depth === 8) out.set(row.subarray(1, 1 + out.length));
  else
    for (let i = 0; i < out.length; i += 1) {
      if (depth === 16) out[i] = row[1 + 2 * i]! * 256 + row[2 + 2 * i]!;
      else {
        const bit = i * depth;
        out[i] = (row[1 + (bit >> 3)]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
      }
    }
}
