import { ComfygenError } from 'comfygen/plugin';
import { convertIndexedToRgb, type DecodedPng, decode, encode, type IndexedColors } from 'fast-png';
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
    rgb[i] = Math.min(Math.max(Math.fround(255 * (image.data[offset + i] as number)), 0), 255);
  }
  return insertPngText(encodeRgbPng(width, height, rgb), texts);
}

/** RGB bytes as PNG without text. */
export function encodeRgbPng(width: number, height: number, rgb: Uint8Array): Uint8Array {
  return encode({ width, height, data: rgb, channels: 3, depth: 8 }, { zlib: { level: 6 } });
}

/** A PNG's pixels as ComfyUI's LoadImage gives them; the mask is 1 − alpha, or 64 × 64 zeros without alpha. */
export function decodePng(bytes: Uint8Array, name: string): { image: ImageBatch; mask: Mask } {
  const { width, height, channels, full, data } = decodeChannels(bytes, name);
  const pixels = width * height;
  const rgb = new Float32Array(pixels * 3);
  for (let i = 0; i < rgb.length; i++) {
    const channel = channels < 3 ? 0 : i % 3;
    rgb[i] = (data[Math.floor(i / 3) * channels + channel] as number) / full;
  }
  const image = { count: 1, height, width, data: rgb };
  if (channels % 2 === 1) return { image, mask: emptyMask() };
  const alphas = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    alphas[i] = 1 - (data[(i + 1) * channels - 1] as number) / full;
  }
  return { image, mask: { count: 1, height, width, data: alphas } };
}

/** Channels one after the other for each pixel: grey, grey and alpha, RGB or RGBA. */
interface Channels {
  width: number;
  height: number;
  channels: number;
  /** The number that means 1. */
  full: number;
  data: ArrayLike<number>;
}

function decodeChannels(bytes: Uint8Array, name: string): Channels {
  const fail = (reason: string, cause?: unknown) =>
    new ComfygenError('UNSUPPORTED_FORMAT', `"${name}" ${reason}.`, {
      details: { file: name },
      cause,
    });
  let png: DecodedPng;
  try {
    png = decode(bytes);
    if (png.palette) return fromPalette(png);
  } catch (cause) {
    throw fail('is not a PNG that can be read', cause);
  }
  const { width, height, channels, depth, data, transparency } = png;
  if (depth < 8) throw fail('has fewer than 8 bits a channel');
  if (transparency) throw fail('marks a colour as transparent: save it with an alpha channel');
  // ComfyUI reads grey of 8 bits as n · 256 of 65535.
  const full = channels < 3 && depth === 8 ? 65535 / 256 : 2 ** depth - 1;
  return { width, height, channels, full, data };
}

// Colours of a palette always come with alpha.
function fromPalette(png: DecodedPng): Channels {
  const { width, height } = png;
  const palette = png.palette?.map(([r = 0, g = 0, b = 0, alpha = 255]) => [r, g, b, alpha]);
  const data = convertIndexedToRgb({ ...png, palette: palette as IndexedColors });
  return { width, height, channels: 4, full: 255, data };
}

function emptyMask(): Mask {
  return { count: 1, height: 64, width: 64, data: new Float32Array(64 * 64) };
}
