import type { Work } from 'comfygen/plugin';
import { type BitReader, damaged, type HuffmanTable } from './bits.ts';
import type { Component, Frame, Tables } from './frame.ts';

/** A scan: which channels it holds, and which part of their coefficients. */
export interface Scan {
  channels: { component: Component; dc: HuffmanTable | undefined; ac: HuffmanTable | undefined }[];
  /** First and last coefficient, in zigzag order. */
  from: number;
  to: number;
  /** Bits that earlier scans brought down to, 0 for none; and those that this one leaves out. */
  high: number;
  low: number;
}

/** Reads the segment of a scan's header. */
export function readScan(data: Uint8Array, frame: Frame, tables: Tables): Scan {
  const count = data[0] ?? 0;
  if (count < 1 || count > 4 || data.length < 4 + 2 * count) throw damaged();
  const channels = Array.from({ length: count }, (_, i) => {
    const component = frame.components.find(({ id }) => id === data[1 + 2 * i]);
    if (component === undefined) throw damaged();
    const slots = data[2 + 2 * i]!;
    return { component, dc: tables.dc[(slots >> 4) & 3], ac: tables.ac[slots & 3] };
  });
  const [from, to, bits] = [data[1 + 2 * count]!, data[2 + 2 * count]!, data[3 + 2 * count]!];
  if (!frame.progressive) return { channels, from: 0, to: 63, high: 0, low: 0 };
  const isSound = from === 0 ? to === 0 : count === 1 && to >= from && to < 64;
  if (!isSound) throw damaged();
  return { channels, from, to, high: bits >> 4, low: bits & 15 };
}

/**
 * Decodes a scan into its channels' blocks. Yields after each row of units: where storage is for one row, it is to be
 * read and cleared then.
 */
export function* decodeScan(
  frame: Frame,
  scan: Scan,
  tables: Tables,
  reader: BitReader,
  data: Uint8Array,
): Work<void> {
  const decode = createBlockDecoder(frame, scan, reader);
  const [only] = scan.channels;
  const isSingle = scan.channels.length === 1 && frame.components.length > 1;
  const across = isSingle && only ? only.component.columns : frame.unitsAcross;
  const down = isSingle && only ? only.component.rows : frame.unitsDown;
  let untilRestart = tables.restart || Number.POSITIVE_INFINITY;
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      if (untilRestart === 0) {
        skipRestart(reader, data);
        decode.restart();
        untilRestart = tables.restart;
      }
      untilRestart -= 1;
      if (isSingle && only) decode.block(0, column, row);
      else
        scan.channels.forEach(({ component: { h, v } }, channel) => {
          for (let y = 0; y < v; y += 1)
            for (let x = 0; x < h; x += 1) decode.block(channel, column * h + x, row * v + y);
        });
    }
    yield;
  }
}

function skipRestart(reader: BitReader, data: Uint8Array): void {
  reader.align();
  const marker = data[reader.at + 1] ?? 0;
  if (data[reader.at] !== 0xff || marker < 0xd0 || marker > 0xd7) throw damaged();
  reader.at += 2;
}

function createBlockDecoder(frame: Frame, scan: Scan, reader: BitReader) {
  const { channels, from, to, high, low } = scan;
  const { bits, symbol } = reader;
  const previous = channels.map(() => 0);
  // Blocks, this one among them, that hold nothing more in this scan.
  let empty = 0;

  const signed = (size: number): number => {
    const value = bits(size);
    return size === 0 || value >= 1 << (size - 1) ? value : value - (1 << size) + 1;
  };
  const need = (table: HuffmanTable | undefined): HuffmanTable => {
    if (table === undefined) throw damaged();
    return table;
  };
  const direct = (blocks: Int16Array, at: number, channel: number) => {
    const size = symbol(need(channels[channel]!.dc));
    if (size > 15) throw damaged();
    previous[channel]! += signed(size);
    blocks[at] = previous[channel]! << low;
  };
  const alternating = (blocks: Int16Array, at: number, table: HuffmanTable) => {
    if (empty > 0) {
      empty -= 1;
      return;
    }
    for (let k = Math.max(1, from); k <= to; k += 1) {
      const code = symbol(table);
      const [run, size] = [code >> 4, code & 15];
      if (size === 0 && run < 15) {
        if (run > 0 && !frame.progressive) throw damaged();
        empty = (1 << run) + bits(run) - 1;
        return;
      }
      k += run;
      if (k > to) throw damaged();
      if (size > 0) blocks[at + k] = signed(size) << low;
    }
  };
  const refineOne = (blocks: Int16Array, i: number) => {
    const value = blocks[i]!;
    const isSet = (Math.abs(value) >> low) & 1;
    if (bits(1) === 1 && !isSet) blocks[i] = value + (value > 0 ? 1 << low : -1 << low);
  };
  const refine = (blocks: Int16Array, at: number, table: HuffmanTable) => {
    let k = from;
    for (; empty === 0 && k <= to; k += 1) {
      const code = symbol(table);
      let run = code >> 4;
      const size = code & 15;
      if (size > 1) throw damaged();
      if (size === 0 && run < 15) {
        empty = (1 << run) + bits(run);
        break;
      }
      const value = size === 0 ? 0 : bits(1) === 1 ? 1 << low : -1 << low;
      for (; k <= to; k += 1) {
        if (blocks[at + k] !== 0) refineOne(blocks, at + k);
        else if (run === 0) break;
        else run -= 1;
      }
      if (value !== 0 && k <= to) blocks[at + k] = value;
    }
    if (empty === 0) return;
    for (; k <= to; k += 1) if (blocks[at + k] !== 0) refineOne(blocks, at + k);
    empty -= 1;
  };

  return {
    block(channel: number, column: number, row: number) {
      const { component, ac } = channels[channel]!;
      const { blocks, stride, storedRows } = component;
      const at = ((row % storedRows) * stride + column) * 64;
      if (!frame.progressive) {
        direct(blocks, at, channel);
        alternating(blocks, at, need(ac));
      } else if (from > 0 && high > 0) refine(blocks, at, need(ac));
      else if (from > 0) alternating(blocks, at, need(ac));
      else if (high === 0) direct(blocks, at, channel);
      else blocks[at]! |= bits(1) << low;
    },
    restart() {
      previous.fill(0);
      empty = 0;
    },
  };
}
