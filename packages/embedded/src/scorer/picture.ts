import { ComfygenError, isPng } from 'comfygen/plugin';
import { decodePng } from '../image/png.ts';

/** A picture in red, green and blue, 0 to 1, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Float32Array;
}

/** Behind the signature. */
const FIRST_CHUNK = 8;
// Signature, header chunk, and the least end chunk.
const LEAST_BYTES = 45;

const invalid = (message: string, cause?: unknown) =>
  new ComfygenError('INVALID_IMAGE', message, {
    part: { role: 'scorer', name: 'adherence' },
    cause,
  });

/** The pixels of a PNG; transparency is ignored. Throws INVALID_IMAGE. */
export async function readPicture(bytes: Uint8Array, maxPixels: number): Promise<Picture> {
  if (!isPng(bytes)) {
    throw invalid('The image is no PNG, which is all that the embedded executor makes.');
  }
  if (bytes.length < LEAST_BYTES) throw invalid('The PNG is cut off before its end.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pixels = view.getUint32(16) * view.getUint32(20);
  if (pixels < 1 || pixels > maxPixels) {
    throw invalid(`The PNG has ${pixels} pixels; 1 to ${maxPixels} are decoded.`);
  }
  await refuseBomb(bytes, view, pixels);
  try {
    const { image } = decodePng(bytes, 'image');
    return { width: image.width, height: image.height, rgb: image.data };
  } catch (cause) {
    throw invalid('The PNG cannot be decoded.', cause);
  }
}

// The decoder unpacks all there is, whatever size the header states.
async function refuseBomb(bytes: Uint8Array, view: DataView, pixels: number): Promise<void> {
  const stream = new Blob(dataOf(bytes, view))
    .stream()
    .pipeThrough(new DecompressionStream('deflate'));
  // 16 bits in four channels, a filter byte a row, and some for the passes of an interlaced one.
  const most = pixels * 16 + 4096;
  let count = 0;
  try {
    for await (const piece of stream as unknown as AsyncIterable<Uint8Array>) {
      count += piece.length;
      if (count > most) break;
    }
  } catch (cause) {
    throw invalid('The data of the PNG is damaged.', cause);
  }
  if (count > most) throw invalid('The PNG holds more data than its size says.');
}

function dataOf(bytes: Uint8Array, view: DataView): Uint8Array<ArrayBuffer>[] {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = FIRST_CHUNK; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'IEND') return parts;
    if (end > bytes.length) break;
    if (type === 'IDAT') parts.push(new Uint8Array(bytes.subarray(at + 8, end - 4)));
    at = end;
  }
  throw invalid('The PNG is cut off before its end.');
}
