import { ComfygenError } from 'comfygen/plugin';

/** A decoded picture. */
export interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue, row by row, 0 to 255; transparency is laid over white. */
  rgb: Uint8Array;
}

/** The refusal of bytes that are no whole image of a known format. */
export const invalidImage = (message: string, cause?: unknown) =>
  new ComfygenError('INVALID_IMAGE', message, {
    part: { role: 'scorer', name: 'technical' },
    cause,
  });

/** Refuses sizes that would not fit in memory, before anything is unpacked. */
export function checkSize(width: number, height: number, maxPixels: number): void {
  if (width < 1 || height < 1) throw invalidImage(`the image is ${width} × ${height} pixels`);
  if (width * height <= maxPixels) return;
  throw invalidImage(
    `the image has ${width} × ${height} pixels; more than ${maxPixels} are not decoded`,
  );
}
