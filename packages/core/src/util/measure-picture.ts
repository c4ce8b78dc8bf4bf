import { isPng } from './png.ts';

/** What the head of a picture's file says of it. */
export interface PictureFacts {
  mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
  /** In pixels, as it is shown: the turn that a photo asks for is carried out. */
  width: number;
  height: number;
  /** Whether it can have transparent places. */
  alpha: boolean;
}

/** The facts of a PNG, JPEG or WebP file, without unpacking it; `undefined` for any other, and for one that is cut off. */
export function measurePicture(bytes: Uint8Array): PictureFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const facts = isPng(bytes)
      ? readPngHead(view)
      : view.getUint16(0) === 0xffd8
        ? readJpegHead(view)
        : textAt(view, 0) === 'RIFF' && textAt(view, 8) === 'WEBP'
          ? readWebpHead(view)
          : undefined;
    return facts && facts.width > 0 && facts.height > 0 ? facts : undefined;
  } catch (error) {
    // The file ended where its own lengths say that there is more.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const textAt = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((step) => view.getUint8(at + step)));

function readPngHead(view: DataView): PictureFacts | undefined {
  if (textAt(view, 12) !== 'IHDR') return undefined;
  const colours = view.getUint8(25);
  let alpha = colours === 4 || colours === 6;
  for (let at = 8, type = ''; type !== 'IEND'; at += 12 + view.getUint32(at)) {
    type = textAt(view, at + 4);
    if (type === 'tRNS') alpha = true;
  }
  return { mediaType: 'image/png', width: view.getUint32(16), height: view.getUint32(20), alpha };
}

function readJpegHead(view: DataView): PictureFacts | undefined {
  let turned = false;
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    // Filling, and markers that stand alone.
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      const size = turned ? { width: height, height: width } : { width, height };
      return { mediaType: 'image/jpeg', ...size, alpha: false };
    }
    // Pixels or the end before any size.
    if (marker === 0xda || marker === 0xd9) return undefined;
    const length = view.getUint16(at + 2);
    if (marker === 0xe1 && textAt(view, at + 4) === 'Exif') turned = isTurned(view, at + 10);
    at += 2 + length;
  }
}

/** Whether a photo's Exif says that it is shown with its sides swapped. */
function isTurned(view: DataView, start: number): boolean {
  const little = view.getUint16(start) === 0x4949;
  const list = start + view.getUint32(start + 4, little);
  const count = view.getUint16(list, little);
  for (let entry = 0; entry < count; entry += 1) {
    const at = list + 2 + 12 * entry;
    if (view.getUint16(at, little) === 0x0112) return view.getUint16(at + 8, little) > 4;
  }
  return false;
}

function readWebpHead(view: DataView): PictureFacts | undefined {
  if (view.byteLength < 8 + view.getUint32(4, true)) return undefined;
  const triple = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  const facts = (width: number, height: number, alpha: boolean): PictureFacts => {
    return { mediaType: 'image/webp', width, height, alpha };
  };
  const kind = textAt(view, 12);
  if (kind === 'VP8X')
    return facts(1 + triple(24), 1 + triple(27), (view.getUint8(20) & 0x10) !== 0);
  if (kind === 'VP8 ')
    return facts(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff, false);
  if (kind !== 'VP8L') return undefined;
  const bits = view.getUint32(21, true);
  return facts(1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff), (bits & 0x1000_0000) !== 0);
}
