import { describe, expect, it } from 'vitest';
import { encodePng } from '../testing/picture.ts';
import { measurePicture } from './measure-picture.ts';

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)),
  );

/** A JPEG's head: what stands before the frame, then a frame of 300 × 200. */
const jpeg = (...before: number[][]) =>
  bytes([0xff, 0xd8], ...before, [0xff, 0xc2, 0, 11, 8, 0, 200, 1, 44, 1, 1, 0x11, 0]);
const exif = (orientation: number) => [
  ...[0xff, 0xe1, 0, 34],
  ...Buffer.from('Exif\0\0II*\0', 'latin1'),
  ...[8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0],
];
const webp = (kind: string, data: number[]) =>
  bytes('RIFF', [data.length + 12, 0, 0, 0], 'WEBP', kind, [data.length, 0, 0, 0], data);

describe('measurePicture', () => {
  it('reads a PNG, up to its end', () => {
    const png = encodePng(6, 4, () => [0, 0, 0]);
    expect(measurePicture(png)).toEqual({
      mediaType: 'image/png',
      width: 6,
      height: 4,
      alpha: false,
    });
    expect(measurePicture(png.subarray(0, -6))).toBeUndefined();
    expect(measurePicture(png.subarray(0, 20))).toBeUndefined();
  });

  it('reads a JPEG behind what stands before its frame, as it is shown', () => {
    const facts = { mediaType: 'image/jpeg', width: 300, height: 200, alpha: false };
    expect(measurePicture(jpeg())).toEqual(facts);
    expect(measurePicture(jpeg([0xff, 0xfe, 0, 4, 65, 66], [0xff, 0xff, 0xd0]))).toEqual(facts);
    expect(measurePicture(jpeg(exif(3)))).toEqual(facts);
    expect(measurePicture(jpeg(exif(6)))).toEqual({ ...facts, width: 200, height: 300 });
    expect(measurePicture(jpeg().subarray(0, 6))).toBeUndefined();
    expect(measurePicture(bytes([0xff, 0xd8, 0xff, 0xda, 0, 2]))).toBeUndefined();
  });

  it('reads the three kinds of WebP', () => {
    const size = { mediaType: 'image/webp', width: 300, height: 200 };
    const lossy = [0, 0, 0, 0x9d, 1, 0x2a, 44, 1, 200, 0];
    expect(measurePicture(webp('VP8 ', lossy))).toEqual({ ...size, alpha: false });
    // 14 bits each for 299 and 199, then one for transparency.
    const lossless = [0x2f, 43, 193, 49, 16];
    expect(measurePicture(webp('VP8L', lossless))).toEqual({ ...size, alpha: true });
    const extended = [0x10, 0, 0, 0, 43, 1, 0, 199, 0, 0];
    expect(measurePicture(webp('VP8X', extended))).toEqual({ ...size, alpha: true });
    expect(measurePicture(webp('VP8X', extended).subarray(0, -1))).toBeUndefined();
  });

  it('knows what is none of these', () => {
    for (const text of ['', 'x', '<html>not found</html>', 'GIF89a', 'RIFF1234WAVEfmt '])
      expect(measurePicture(bytes(text))).toBeUndefined();
  });
});
