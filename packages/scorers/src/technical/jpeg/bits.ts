import { invalidImage } from '../image.ts';

/** A Huffman table: codes of up to eight bits by look-up, longer ones by their range. */
export interface HuffmanTable {
  /** For eight bits ahead: length × 256 + value; 0 where the code is longer. */
  fast: Uint16Array;
  values: Uint8Array;
  /** For each length: one more than the last code, and what to add to a code to get its value's place. */
  end: Int32Array;
  offset: Int32Array;
}

/** The table of a DHT segment: how many codes there are of each length, and their values in order. */
export function createHuffmanTable(counts: Uint8Array, values: Uint8Array): HuffmanTable {
  const table: HuffmanTable = {
    fast: new Uint16Array(256),
    values,
    end: new Int32Array(17),
    offset: new Int32Array(17),
  };
  let [code, place] = [0, 0];
  for (let length = 1; length <= 16; length += 1) {
    table.offset[length] = place - code;
    for (let i = 0; i < counts[length - 1]!; i += 1) {
      if (code >= 2 ** length) throw damaged();
      if (length <= 8) {
        const from = code << (8 - length);
        table.fast.fill(length * 256 + values[place]!, from, from + 2 ** (8 - length));
      }
      code += 1;
      place += 1;
    }
    table.end[length] = code;
    code *= 2;
  }
  return table;
}

/** Reads the bits of a scan; stuffed bytes are left out. */
export interface BitReader {
  /** Where the next byte is read; after a scan the marker that ended it. */
  at: number;
  bits(count: number): number;
  symbol(table: HuffmanTable): number;
  /** Drops what is left of the last byte. */
  align(): void;
}

/** A reader from `start` on. Its methods throw INVALID_IMAGE where the scan has no more bits. */
export function createBitReader(data: Uint8Array, start: number): BitReader {
  let [value, count, padding] = [0, 0, 0];
  // Looking ahead goes beyond the end; using what is not there does not.
  const fill = () => {
    while (count <= 16) {
      const byte = data[reader.at];
      const isEnd = byte === undefined || (byte === 0xff && data[reader.at + 1] !== 0);
      if (isEnd) padding += 8;
      else reader.at += byte === 0xff ? 2 : 1;
      value = ((value << 8) | (isEnd ? 0 : byte)) & 0xffffff;
      count += 8;
    }
  };
  const use = (bits: number) => {
    count -= bits;
    if (count < padding) throw invalidImage('the JPEG holds less data than its size says');
  };
  const reader: BitReader = {
    at: start,
    bits(wanted) {
      if (wanted === 0) return 0;
      fill();
      const taken = (value >> (count - wanted)) & ((1 << wanted) - 1);
      use(wanted);
      return taken;
    },
    symbol({ fast, values, end, offset }) {
      fill();
      const known = fast[(value >> (count - 8)) & 255]!;
      if (known !== 0) {
        use(known >> 8);
        return known & 255;
      }
      for (let length = 9; length <= 16; length += 1) {
        const code = (value >> (count - length)) & ((1 << length) - 1);
        if (code >= end[length]!) continue;
        use(length);
        return values[code + offset[length]!] ?? 0;
      }
      throw damaged();
    },
    align() {
      [value, count, padding] = [0, 0, 0];
    },
  };
  return reader;
}

/** The refusal of a JPEG whose data makes no sense. */
export const damaged = () => invalidImage('the data of the JPEG is damaged');
