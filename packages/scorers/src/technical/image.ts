import { ComfygenError } from 'comfygen/plugin';

/** A decoded picture. */
export interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue, row by row, 0 to 255; transparency is laid over white. */
  rgb: Uint8Array;
}

/** What decoding a picture may take; its header is held against it before anything is unpacked. */
export interface DecodeLimits {
  maxPixels: number;
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

/** The refusal of bytes that are no whole image of a known format. */
export const invalidImage = (message: string, cause?: unknown) =>
  new ComfygenError('INVALID_IMAGE', message, {
    part: { role: 'scorer', name: 'technical' },
    cause,
  });

/** Refuses sizes that are none, and those above the limit. */
export function checkSize(width: number, height: number, maxPixels: number): void {
  if (width < 1 || height < 1) throw invalidImage(`the image is ${width} × ${height} pixels`);
  if (width * height <= maxPixels) return;
  throw invalidImage(
    `the image has ${width} × ${height} pixels; more than ${maxPixels} are not decoded: raise maxPixels of technical() for larger ones`,
  );
}

/**
 * Refuses a picture that takes more memory than is allowed: three bytes a pixel, and beside them either what the
 * decoder keeps until the end or the brightness, four bytes a pixel, that all measures look at.
 */
export function checkBytes(pixels: number, kept: number, { maxBytes }: DecodeLimits): void {
  const bytes = 3 * pixels + Math.max(4 * pixels, kept);
  if (bytes <= maxBytes) return;
  throw invalidImage(
    `decoding the image takes ${Math.ceil(bytes / 1e6)} MB; ${Math.floor(maxBytes / 1e6)} MB are allowed: raise maxBytes of technical() for more`,
  );
}
