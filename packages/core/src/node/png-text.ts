import { inflateSync } from 'node:zlib';
import { isPng, PNG_SIGNATURE } from '../util/png.ts';

/** More text than any workflow has; guards against a chunk that inflates without end. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder();

/**
 * The text chunks of a PNG by keyword: `tEXt`, `zTXt` and `iTXt`; none for bytes that are no PNG. ComfyUI writes the
 * graph that was run under `prompt`. A file that ends early gives what came before; chunks that can't be read are
 * left out.
 */
export function readPngText(bytes: Uint8Array): Map<string, string> {
  const texts = new Map<string, string>();
  if (!isPng(bytes)) return texts;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = PNG_SIGNATURE.length;
  while (offset + 12 <= bytes.length) {
    const length = view.getUint32(offset);
    const type = latin1.decode(bytes.subarray(offset + 4, offset + 8));
    const data = bytes.subarray(offset + 8, offset + 8 + length);
    if (data.length < length) break;
    const entry = readChunk(type, data);
    if (entry !== undefined && !texts.has(entry[0])) texts.set(...entry);
    offset += length + 12;
  }
  return texts;
}

function readChunk(type: string, data: Uint8Array): [string, string] | undefined {
  const end = data.indexOf(0);
  if (end <= 0 || !['tEXt', 'zTXt', 'iTXt'].includes(type)) return undefined;
  const keyword = latin1.decode(data.subarray(0, end));
  if (type === 'tEXt') return [keyword, latin1.decode(data.subarray(end + 1))];
  try {
    if (type === 'zTXt') return [keyword, latin1.decode(inflate(data.subarray(end + 2)))];
    const language = data.indexOf(0, end + 3);
    const translation = data.indexOf(0, language + 1);
    if (language < 0 || translation < 0) return undefined;
    const text = data.subarray(translation + 1);
    return [keyword, utf8.decode(data[end + 1] === 1 ? inflate(text) : text)];
  } catch {
    return undefined;
  }
}

const inflate = (data: Uint8Array) => inflateSync(data, { maxOutputLength: MAX_TEXT_BYTES });
