import jpeg from 'jpeg-js';
import { checkSize, invalidImage, type Pixels } from './image.ts';

/** The pixels of a whole baseline or progressive JPEG. Throws INVALID_IMAGE. */
export function decodeJpeg(bytes: Uint8Array, maxPixels: number): Pixels {
  const { width, height } = readSize(bytes);
  checkSize(width, height, maxPixels);
  if (!endsWhole(bytes)) throw invalidImage('the JPEG is cut off before its end');
  try {
    const { data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Math.ceil(maxPixels / 1e6),
      maxMemoryUsageInMB: 64 + Math.ceil((maxPixels * 24) / 2 ** 20),
    });
    return { width, height, rgb: data };
  } catch (cause) {
    throw invalidImage('the JPEG cannot be decoded', cause);
  }
}

/** The size in the first frame header, without decoding anything. */
function readSize(bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  throw invalidImage('the JPEG has no frame header');
}

/** Whether the end marker is there; some writers pad the file behind it. */
function endsWhole(bytes: Uint8Array): boolean {
  for (let at = bytes.length - 2; at >= Math.max(2, bytes.length - 4096); at -= 1) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  }
  return false;
}
