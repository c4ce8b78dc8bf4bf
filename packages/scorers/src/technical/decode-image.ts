import { isPng } from 'comfygen/plugin';
import { decodeJpeg } from './decode-jpeg.ts';
import { decodePng } from './decode-png.ts';
import { type DecodeLimits, invalidImage, type Pixels } from './image.ts';

const JPEG = [0xff, 0xd8, 0xff];
const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];

const startsWith = (bytes: Uint8Array, start: readonly number[]) =>
  bytes.length >= start.length && start.every((byte, index) => bytes[index] === byte);

/**
 * The media type by the first bytes, since the one that came with them may be wrong; `undefined` for other formats.
 */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  if (isPng(bytes)) return 'image/png';
  if (startsWith(bytes, JPEG)) return 'image/jpeg';
  return startsWith(bytes, RIFF) && startsWith(bytes.subarray(8), WEBP) ? 'image/webp' : undefined;
}

/**
 * The pixels of a PNG or JPEG, decoded in slices. Throws INVALID_IMAGE for anything else, for what is not whole, and
 * for what is above the limits.
 */
export async function decodeImage(bytes: Uint8Array, limits: DecodeLimits): Promise<Pixels> {
  const mediaType = sniffMediaType(bytes);
  if (mediaType === 'image/png') return decodePng(bytes, limits);
  if (mediaType === 'image/jpeg') return decodeJpeg(bytes, limits);
  if (mediaType === 'image/webp')
    throw invalidImage('WebP cannot be decoded here; give PNG or JPEG');
  throw invalidImage(
    bytes.length === 0 ? 'the image is empty' : 'the bytes are neither PNG nor JPEG',
  );
}
