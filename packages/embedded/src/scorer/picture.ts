import { ComfygenError, isPng } from 'comfygen/plugin';
import { decodePng } from '../image/png.ts';

/** A picture in red, green and blue, 0 to 1, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Float32Array;
}

/** What reading a picture may take; its header is held against it. */
export interface PictureLimits {
  maxPixels: number;
  maxBytes: number;
}

// Three colours of four bytes, and beside them the masks in which things are looked for.
const BYTES_A_PIXEL = 15;

const invalid = (message: string, cause?: unknown) =>
  new ComfygenError('INVALID_IMAGE', message, {
    part: { role: 'scorer', name: 'adherence' },
    cause,
  });

/** The pixels of a PNG, read in slices; transparency is ignored. Throws INVALID_IMAGE. */
export async function readPicture(
  bytes: Uint8Array,
  { maxPixels, maxBytes }: PictureLimits,
  signal: AbortSignal,
): Promise<Picture> {
  if (!isPng(bytes)) {
    throw invalid('The image is no PNG, which is all that the embedded executor makes.');
  }
  const claim = (width: number, height: number) => {
    const pixels = width * height;
    if (pixels > maxPixels) {
      throw invalid(
        `The PNG has ${pixels} pixels; ${maxPixels} are decoded. Allow more by adherence({ maxPixels }).`,
      );
    }
    if (pixels * BYTES_A_PIXEL <= maxBytes) return;
    throw invalid(
      `Looking at ${pixels} pixels takes ${pixels * BYTES_A_PIXEL} bytes; ${maxBytes} are allowed. Allow more by adherence({ maxBytes }).`,
    );
  };
  try {
    const { image } = await decodePng(bytes, 'image', claim, signal);
    return { width: image.width, height: image.height, rgb: image.data };
  } catch (cause) {
    signal.throwIfAborted();
    if (ComfygenError.is(cause) && cause.code === 'INVALID_IMAGE') throw cause;
    throw invalid('The PNG cannot be decoded.', cause);
  }
}
