import type { JobOutput } from '../spec/index.ts';
import { isPng } from '../util/png.ts';

const KINDS: [JobOutput['kind'], RegExp][] = [
  ['image', /\.(png|jpe?g|webp|gif|avif|bmp|tiff?)$/i],
  ['video', /\.(mp4|m4v|webm|mov|mkv|avi)$/i],
  ['audio', /\.(wav|flac|mp3|ogg|opus|m4a|aac|aiff?)$/i],
  ['text', /\.(txt|md|json|csv|srt)$/i],
];

/** The kind of a file, by the extension of its name. */
export function kindOfFile(fileName: string): JobOutput['kind'] {
  return KINDS.find(([, ending]) => ending.test(fileName))?.[0] ?? 'file';
}

/** The kind of a file, by its media type; `undefined` where that says too little. */
export function kindOfMediaType(mediaType: string): JobOutput['kind'] | undefined {
  const family = mediaType.split('/')[0];
  return KINDS.find(([kind]) => kind === family)?.[0];
}

/** The last step of a path or URL as a safe file name: no separators, no control characters, never empty. */
export function fileNameOf(path: string, otherwise = 'output'): string {
  const [name = ''] = decoded(path.replace(/[?#].*$/s, ''))
    .split(/[/\\]/)
    .slice(-1);
  const safe = [...name].filter((letter) => letter >= ' ' && !':*?"<>|\x7f'.includes(letter));
  const kept = safe.join('').trim();
  return /^\.*$/.test(kept) ? otherwise : kept;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const ascii = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, to));

/** What files of one make are, by the brand that they begin with; others are films. */
const FTYP: [string, string][] = [
  ['avif', 'image/avif'],
  ['qt', 'video/quicktime'],
  ['M4A', 'audio/mp4'],
];

/** The media type that the first bytes tell; `undefined` for what is none of the known ones. */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  if (isPng(bytes)) return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  const head = ascii(bytes, 0, 4);
  const form = ascii(bytes, 8, 12);
  if (head === 'RIFF') return { WEBP: 'image/webp', WAVE: 'audio/wav', 'AVI ': 'video/avi' }[form];
  if (head === 'GIF8') return 'image/gif';
  if (ascii(bytes, 4, 8) === 'ftyp')
    return FTYP.find(([brand]) => form.startsWith(brand))?.[1] ?? 'video/mp4';
  if (head === '\x1aE\xdf\xa3')
    return ascii(bytes, 4, 64).includes('matroska') ? 'video/x-matroska' : 'video/webm';
  if (head === 'glTF') return 'model/gltf-binary';
  if (head === 'II*\0' || head === 'MM\0*') return 'image/tiff';
  if (head.startsWith('BM') && form.startsWith('\0')) return 'image/bmp';
  if (head === 'fLaC') return 'audio/flac';
  if (head === 'OggS') return 'audio/ogg';
  if (head.startsWith('ID3')) return 'audio/mpeg';
  if (head.startsWith('ply') && /\s/.test(head[3] ?? '')) return 'model/ply';
  if (bytes[0] === 0xff && isFrame(bytes[1] ?? 0)) return frameType(bytes[1] ?? 0);
  // A safetensors file: the length of its header, then the header.
  if (ascii(bytes, 4, 10) === '\0\0\0\0{"') return 'application/x-safetensors';
  return isWebPage(bytes) ? 'text/html' : undefined;
}

/** The second byte of a sound's frame: layer III of MPEG, or none of its layers, which is AAC. */
const isFrame = (byte: number) => (byte & 0xe6) === 0xe2 || (byte & 0xf6) === 0xf0;
const frameType = (byte: number) => ((byte & 0x06) === 0 ? 'audio/aac' : 'audio/mpeg');

/** Whether the bytes are a web page: what a proxy answers in place of a file. */
export function isWebPage(bytes: Uint8Array): boolean {
  return /^\s*(<!doctype html|<html|<head|<body)/i.test(ascii(bytes, 0, 64));
}

const BY_EXTENSION: { [extension: string]: string } = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  bmp: 'image/bmp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  avi: 'video/avi',
  wav: 'audio/wav',
  flac: 'audio/flac',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  glb: 'model/gltf-binary',
  gltf: 'model/gltf+json',
  obj: 'model/obj',
  stl: 'model/stl',
  ply: 'model/ply',
  fbx: 'model/vnd.fbx',
  usdz: 'model/vnd.usdz+zip',
  splat: 'model/splat',
  ksplat: 'model/splat',
  spz: 'model/splat',
  latent: 'application/x-safetensors',
  safetensors: 'application/x-safetensors',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  srt: 'text/srt',
  json: 'application/json',
  svg: 'image/svg+xml',
};

/** The media type that a file name's extension tells. */
export function mediaTypeOfName(name: string): string | undefined {
  return BY_EXTENSION[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];
}

/** Whether an image of that type is whole; `undefined` where its bytes don't tell. */
export function isWholeImage(bytes: Uint8Array, mediaType: string): boolean | undefined {
  if (mediaType === 'image/png') return ascii(bytes, bytes.length - 8, bytes.length - 4) === 'IEND';
  if (mediaType === 'image/jpeg') return bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9;
  if (mediaType !== 'image/webp' || bytes.length < 12) return undefined;
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  return bytes.length >= size + 8;
}
