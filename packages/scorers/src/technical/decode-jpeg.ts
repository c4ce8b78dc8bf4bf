import { runInSlices, type Work } from 'comfygen/plugin';
import { checkBytes, type DecodeLimits, invalidImage, type Pixels } from './image.ts';
import { createBitReader, damaged } from './jpeg/bits.ts';
import {
  countBlocks,
  type Frame,
  openStorage,
  readFrame,
  readTables,
  type Tables,
} from './jpeg/frame.ts';
import { createPainter } from './jpeg/paint.ts';
import { decodeScan, readScan } from './jpeg/scan.ts';

// Encoders write some ten; each one of a hostile file costs a walk over the whole picture.
const MOST_SCANS = 200;

/**
 * The pixels of a whole baseline or progressive JPEG of grey, YCbCr, RGB or CMYK colours, decoded in slices. Throws
 * INVALID_IMAGE; what the header asks for is checked before room is made for it.
 */
export function decodeJpeg(bytes: Uint8Array, limits: DecodeLimits): Promise<Pixels> {
  if (!endsWhole(bytes)) throw invalidImage('the JPEG is cut off before its end');
  return runInSlices(decode(bytes, limits), limits.signal);
}

function* decode(bytes: Uint8Array, limits: DecodeLimits): Work<Pixels> {
  const tables: Tables = { quantisation: [], dc: [], ac: [], restart: 0, transform: undefined };
  let [frame, rgb, scans]: [Frame | undefined, Uint8ClampedArray | undefined, number] = [
    undefined,
    undefined,
    0,
  ];
  for (let at = 2; ; yield) {
    at = nextMarker(bytes, at);
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) break;
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) throw damaged();
    const data = bytes.subarray(at + 4, end);
    at = end;
    if (isFrame(marker)) {
      if (frame) throw damaged();
      frame = readFrame(marker, data, limits.maxPixels);
      // A block takes at least a bit: what has fewer tells a wrong size.
      if (countBlocks(frame) > bytes.length * 8) {
        throw invalidImage('the JPEG holds less data than its size says');
      }
    } else if (marker !== 0xda) readTables(marker, data, tables);
    else {
      if (frame === undefined || ++scans > MOST_SCANS) throw damaged();
      const scan = readScan(data, frame, tables);
      const isWhole = !frame.progressive && scan.channels.length === frame.components.length;
      rgb ??= openPicture(frame, isWhole, limits);
      const reader = createBitReader(bytes, end);
      const walk = decodeScan(frame, scan, tables, reader, bytes);
      if (isWhole) return yield* paintAsDecoded(frame, tables, walk, rgb);
      yield* walk;
      at = reader.at;
    }
  }
  if (frame === undefined || rgb === undefined) throw invalidImage('the JPEG holds no picture');
  const painter = createPainter(frame, tables);
  for (let row = 0; row < frame.unitsDown; row += 1) yield* painter.paint(row, rgb);
  return toPixels(frame, rgb);
}

/** Rows are painted as soon as they are decoded, and their coefficients forgotten. */
function* paintAsDecoded(
  frame: Frame,
  tables: Tables,
  walk: Work<void>,
  rgb: Uint8ClampedArray,
): Work<Pixels> {
  const painter = createPainter(frame, tables);
  for (let row = 0; row < frame.unitsDown; row += 1) {
    walk.next();
    yield;
    yield* painter.paint(row, rgb);
    for (const { blocks } of frame.components) blocks.fill(0);
  }
  return toPixels(frame, rgb);
}

/** Room for the picture, and for its coefficients: of one row of units, or of all where several scans make them. */
function openPicture(frame: Frame, isWhole: boolean, limits: DecodeLimits): Uint8ClampedArray {
  const { width, height } = frame;
  const kept = isWhole ? countBlocks(frame) / frame.unitsDown : countBlocks(frame);
  checkBytes(width * height, kept * 128, limits);
  openStorage(frame, isWhole ? 1 : frame.unitsDown);
  return new Uint8ClampedArray(width * height * 3);
}

const toPixels = ({ width, height }: Frame, { buffer }: Uint8ClampedArray): Pixels => ({
  width,
  height,
  rgb: new Uint8Array(buffer),
});

const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** The next marker that is followed by something; what lies between is passed over. */
function nextMarker(bytes: Uint8Array, start: number): number {
  for (let at = start; at + 1 < bytes.length; at += 1) {
    const next = bytes[at + 1]!;
    const stands = next < 0xd0 || next > 0xd8;
    if (bytes[at] === 0xff && next !== 0 && next !== 0xff && next !== 1 && stands) return at;
  }
  throw invalidImage('the JPEG is cut off before its end');
}

/** Whether the end marker is there; some writers pad the file behind it. */
function endsWhole(bytes: Uint8Array): boolean {
  for (let at = bytes.length - 2; at >= Math.max(2, bytes.length - 4096); at -= 1) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  }
  return false;
}
