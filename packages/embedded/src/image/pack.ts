import type { Work } from 'comfygen/plugin';
import { Unzlib, Zlib } from 'fflate';

// Bytes that are compressed between two chances to pause.
const PACKED_AT_ONCE = 2 ** 16;
// Tried one after the other; the last does not compress, and is always right.
const LEVELS = [6, 1, 0] as const;
// What a match may lie back, and be long.
const REACH = 2 ** 15 + 258;

/**
 * Lines of bytes as one zlib stream, in pieces. `fill` writes the lines from `y` on into a piece that is all zeros. The
 * same bytes give the same stream on every machine: the compression is plain JavaScript.
 */
export function* pack(
  height: number,
  line: number,
  fill: (piece: Uint8Array, y: number, line: number) => void,
): Work<Uint8Array[]> {
  const rows = Math.max(1, Math.floor(PACKED_AT_ONCE / line));
  let packed: Uint8Array[] = [];
  for (const level of LEVELS) {
    packed = [];
    const zlib = new Zlib({ level }, (made) => packed.push(made));
    let isDoubtful = false;
    let last = 1;
    for (let y = 0; y < height; y += rows) {
      const piece = new Uint8Array(Math.min(rows, height - y) * line);
      fill(piece, y, line);
      isDoubtful ||= y * line < REACH && hasTwoZeros(last, piece);
      last = piece.at(-1) as number;
      zlib.push(piece, y + rows >= height);
      yield;
    }
    if (!isDoubtful || level === 0 || (yield* canUnpack(packed))) break;
  }
  return packed;
}

// fflate's stream begins behind 32768 zeros of its own, which it may refer to where the first bytes have zeros: nobody
// can read such a stream. It takes two in a row, since the stream itself begins with one.
function hasTwoZeros(before: number, piece: Uint8Array): boolean {
  let last = before;
  for (const byte of piece) {
    if (byte === 0 && last === 0) return true;
    last = byte;
  }
  return false;
}

function* canUnpack(packed: readonly Uint8Array[]): Work<boolean> {
  const unzlib = new Unzlib(() => {});
  for (const [at, piece] of packed.entries()) {
    try {
      unzlib.push(piece, at === packed.length - 1);
    } catch {
      return false;
    }
    yield;
  }
  return true;
}
