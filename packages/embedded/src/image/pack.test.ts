import { inflateSync } from 'node:zlib';
import { runAtOnce } from 'comfygen/plugin';
import { describe, expect, it } from 'vitest';
import { pack } from './pack.ts';

const HEIGHT = 256;
const LINE = 769;

const unpack = (valueAt: (x: number, y: number) => number) => {
  const bytes = new Uint8Array(HEIGHT * LINE).map((_, i) =>
    valueAt(i % LINE, Math.floor(i / LINE)),
  );
  const packed = runAtOnce(
    pack(HEIGHT, LINE, (piece, y) => piece.set(bytes.subarray(y * LINE, y * LINE + piece.length))),
  );
  const stream = Buffer.concat(packed);
  return { bytes, stream, unpacked: inflateSync(stream) };
};

describe('pack', () => {
  it.each<[string, (x: number, y: number) => number]>([
    ['a black picture', () => 0],
    ['a white stripe on black', (x) => (x > 36 && x < 732 ? 255 : 0)],
    ['a white band on black', (_, y) => (y > 12 && y < 244 ? 255 : 0)],
    ['black dots', (x, y) => ((x * y) % 7 === 0 ? 0 : (x * 31 + y * 17) % 256)],
    ['a slope', (x, y) => (x === 0 ? 0 : (x + y) % 256)],
    ['what repeats seldom', (x, y) => (x % 13 === 0 ? 0 : Math.imul(x * y, 2654435761) >>> 24)],
  ])('gives a stream that anybody can read, of %s', (_, valueAt) => {
    const { bytes, unpacked, stream } = unpack(valueAt);
    expect(unpacked.equals(bytes)).toBe(true);
    expect(stream.length).toBeLessThan(bytes.length);
  });
});
