import { ComfygenError } from 'comfygen/plugin';
import { decode, encode } from 'fast-png';
import type { ImageBatch } from '../model/types.ts';
import type { Mask } from '../runtime/values.ts';
import { insertPngText } from './png-text.ts';

/**
 * One picture of a batch as PNG, 8 bits a channel, with these text chunks. The same pixels give the
 * same bytes on every machine: the encoder and its compression are plain JavaScript.
 */
export function encodeImagePng(
  image: ImageBatch,
  index: number,
  texts: { [keyword: string]: string },
): Uint8Array {
  const { width, height } = image;
  const size = width * height * 3;
  const rgb = new Uint8Array(size);
  const offset = index * size;
  // ComfyUI clips and truncates; it does not round.
  for (let i = 0; i < size; i++) {
    rgb[i] = Math.min(Math.max(255 * (image.data[offset + i] as number), 0), 255);
  }
  return insertPngText(encodeRgbPng(width, height, rgb), texts);
}

/** RGB bytes as PNG without text. */
export function encodeRgbPng(width: number, height: number, rgb: Uint8Array): Uint8Array {
  return encode({ width, height, data: rgb, channels: 3, depth: 8 }, { zlib: { level: 6 } });
}

/** A PNG's pixels as ComfyUI's LoadImage gives them; the mask is 1 − alpha, or 64 × 64 zeros without alpha. */
export function decodePng(bytes: Uint8Array, name: string): { image: ImageBatch; mask: Mask } {
  const png = decodeAny(bytes, name);
  const { width, height, channels, depth, data, palette } = png;
  const pixels = width * height;
  const rgb = new Float32Array(pixels * 3);
  const alpha = new Float32Array(pixels).fill(1);
  const full = 2 ** depth - 1;
  for (let i = 0; i < pixels; i++) {
    if (palette) {
      const colour = palette[data[i] as number] ?? [0, 0, 0];
      for (let c = 0; c < 3; c++) rgb[i * 3 + c] = (colour[c] as number) / 255;
      alpha[i] = (colour[3] ?? 255) / 255;
      continue;
    }
    for (let c = 0; c < 3; c++) {
      rgb[i * 3 + c] = (data[i * channels + (channels < 3 ? 0 : c)] as number) / full;
    }
    if (channels % 2 === 0) alpha[i] = (data[i * channels + channels - 1] as number) / full;
  }
  const image = { count: 1, height, width, data: rgb };
  const hasAlpha = channels % 2 === 0 || (palette?.[0]?.length ?? 3) > 3;
  return { image, mask: hasAlpha ? invertAlpha(alpha, width, height) : emptyMask() };
}

function decodeAny(bytes: Uint8Array, name: string): ReturnType<typeof decode> {
  try {
    const png = decode(bytes);
    if (png.depth >= 8 || png.palette) return png;
  } catch (cause) {
    throw new ComfygenError('UNSUPPORTED_FORMAT', `"${name}" is not a PNG that can be read.`, {
      details: { file: name },
      cause,
    });
  }
  throw new ComfygenError('UNSUPPORTED_FORMAT', `"${name}" has fewer than 8 bits a channel.`, {
    details: { file: name },
  });
}

function invertAlpha(alpha: Float32Array, width: number, height: number): Mask {
  return { count: 1, height, width, data: alpha.map((value) => 1 - value) };
}

function emptyMask(): Mask {
  return { count: 1, height: 64, width: 64, data: new Float32Array(64 * 64) };
}
