import { ComfygenError, type PngInfo, type PngRow, readPng } from 'comfygen/plugin';
import { checkBytes, type DecodeLimits, invalidImage, type Pixels } from './image.ts';

/** The pixels of a whole PNG of any colour type and depth, read row by row. Throws INVALID_IMAGE. */
export async function decodePng(bytes: Uint8Array, limits: DecodeLimits): Promise<Pixels> {
  const pixels: Pixels = { width: 0, height: 0, rgb: new Uint8Array(0) };
  try {
    await readPng(bytes, limits, (info) => {
      const { width, height } = info;
      checkBytes(width * height, 0, limits);
      Object.assign(pixels, { width, height, rgb: new Uint8Array(width * height * 3) });
      return (row) => paintRow(info, row, pixels);
    });
  } catch (error) {
    if (!ComfygenError.is(error)) throw error;
    throw error.part ? error : invalidImage(error.message, error);
  }
  return pixels;
}

function paintRow(
  { channels, depth, palette }: PngInfo,
  row: PngRow,
  { width, rgb }: Pixels,
): void {
  const { y, x, step, count, samples } = row;
  const scale = 255 / (2 ** depth - 1);
  const isGrey = channels < 3;
  const alphaAt = channels === 2 || channels === 4 ? channels - 1 : -1;
  for (let i = 0; i < count; i += 1) {
    const from = i * channels;
    const to = (y * width + x + i * step) * 3;
    const colour = samples[from]! * 4;
    const alpha = palette
      ? (palette[colour + 3] ?? 255) / 255
      : alphaAt < 0
        ? 1
        : (samples[from + alphaAt]! * scale) / 255;
    for (let c = 0; c < 3; c += 1) {
      const level = palette
        ? (palette[colour + c] ?? 0)
        : samples[isGrey ? from : from + c]! * scale;
      rgb[to + c] = Math.round(level * alpha + 255 * (1 - alpha));
    }
  }
}
