import { checkSize, invalidImage } from '../image.ts';
import { createHuffmanTable, damaged, type HuffmanTable } from './bits.ts';

/** One colour channel of a JPEG, in blocks of 8 × 8. */
export interface Component {
  id: number;
  /** Blocks of one unit (MCU), across and down. */
  h: number;
  v: number;
  quantisation: number;
  /** Blocks across and down that hold the picture, and those that are stored. */
  columns: number;
  rows: number;
  stride: number;
  storedRows: number;
  /** Coefficients of the blocks, 64 each, in zigzag order; empty until `openStorage`. */
  blocks: Int16Array;
}

/** What the headers of a JPEG say of its picture. */
export interface Frame {
  width: number;
  height: number;
  progressive: boolean;
  components: Component[];
  /** Units across and down. */
  unitsAcross: number;
  unitsDown: number;
  hMax: number;
  vMax: number;
}

/** What may change between two scans. */
export interface Tables {
  quantisation: Uint16Array[];
  dc: HuffmanTable[];
  ac: HuffmanTable[];
  /** Units between two restart markers; 0 for none. */
  restart: number;
  /** Of Adobe's segment: 0 for colours as they are, 1 YCbCr, 2 YCCK. */
  transform: number | undefined;
}

/** Reads the segment of a frame header. */
export function readFrame(marker: number, data: Uint8Array, maxPixels: number): Frame {
  if (marker > 0xc2 || data[0] !== 8)
    throw invalidImage('the JPEG is of a kind that is not decoded');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < 6) throw damaged();
  const [height, width, count] = [view.getUint16(1), view.getUint16(3), data[5]!];
  checkSize(width, height, maxPixels);
  if (![1, 3, 4].includes(count) || data.length < 6 + 3 * count) throw damaged();
  const sides = Array.from({ length: count }, (_, i) => {
    const both = data[7 + 3 * i]!;
    // The units of a single channel are its blocks, whatever its factors.
    return { h: count === 1 ? 1 : both >> 4, v: count === 1 ? 1 : both & 15 };
  });
  if (sides.some(({ h, v }) => h < 1 || h > 4 || v < 1 || v > 4)) throw damaged();
  const hMax = Math.max(...sides.map(({ h }) => h));
  const vMax = Math.max(...sides.map(({ v }) => v));
  const unitsAcross = Math.ceil(width / (8 * hMax));
  const unitsDown = Math.ceil(height / (8 * vMax));
  const components = sides.map(({ h, v }, i) => ({
    id: data[6 + 3 * i]!,
    h,
    v,
    quantisation: data[8 + 3 * i]! & 3,
    columns: Math.ceil((width * h) / hMax / 8),
    rows: Math.ceil((height * v) / vMax / 8),
    stride: unitsAcross * h,
    storedRows: 0,
    blocks: new Int16Array(0),
  }));
  const progressive = marker === 0xc2;
  return { width, height, progressive, components, unitsAcross, unitsDown, hMax, vMax };
}

/** How many blocks the whole picture has. */
export const countBlocks = ({ components, unitsAcross, unitsDown }: Frame): number =>
  components.reduce((sum, { h, v }) => sum + h * v * unitsAcross * unitsDown, 0);

/** Makes room for the coefficients of so many rows of units. */
export function openStorage(frame: Frame, unitRows: number): void {
  for (const component of frame.components) {
    component.storedRows = unitRows * component.v;
    component.blocks = new Int16Array(component.stride * component.storedRows * 64);
  }
}

/** Reads a segment of tables; others are passed over. */
export function readTables(marker: number, data: Uint8Array, tables: Tables): void {
  if (marker === 0xdb) readQuantisation(data, tables);
  if (marker === 0xc4) readHuffman(data, tables);
  if (marker === 0xdd) tables.restart = (data[0] ?? 0) * 256 + (data[1] ?? 0);
  const isAdobe = marker === 0xee && String.fromCharCode(...data.subarray(0, 5)) === 'Adobe';
  if (isAdobe) tables.transform = data[11];
}

function readQuantisation(data: Uint8Array, tables: Tables): void {
  for (let at = 0; at < data.length; ) {
    const [wide, slot] = [data[at]! >> 4, data[at]! & 3];
    const size = wide ? 128 : 64;
    if (at + 1 + size > data.length) throw damaged();
    tables.quantisation[slot] = Uint16Array.from({ length: 64 }, (_, i) =>
      wide ? data[at + 1 + 2 * i]! * 256 + data[at + 2 + 2 * i]! : data[at + 1 + i]!,
    );
    at += 1 + size;
  }
}

function readHuffman(data: Uint8Array, tables: Tables): void {
  for (let at = 0; at < data.length; ) {
    const [kind, slot] = [data[at]! >> 4, data[at]! & 3];
    const counts = data.subarray(at + 1, at + 17);
    const size = counts.reduce((sum, count) => sum + count, 0);
    if (counts.length < 16 || at + 17 + size > data.length || size > 256) throw damaged();
    const table = createHuffmanTable(counts, data.subarray(at + 17, at + 17 + size));
    (kind === 0 ? tables.dc : tables.ac)[slot] = table;
    at += 17 + size;
  }
}
