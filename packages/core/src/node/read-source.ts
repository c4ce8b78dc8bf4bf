import { readFile, stat } from 'node:fs/promises';
import { ComfygenError } from '../errors/comfygen-error.ts';
import { isPng, readPngText } from './png-text.ts';

const SYSTEM_ERRORS: { [code: string]: string } = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'access is not allowed',
  EPERM: 'access is not allowed',
  ELOOP: 'its links lead in a circle',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'something else has that name',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk can only be read',
  EMFILE: 'too many files are open',
};

/** FILE_ACCESS with the path and, in words, what the system said. */
export function fileFault(path: string, error: unknown): ComfygenError {
  if (ComfygenError.is(error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new ComfygenError('FILE_ACCESS', `${path}: ${SYSTEM_ERRORS[code] ?? code}`, {
    details: { path, code },
    cause: error,
  });
}

/** The bytes of a file. Throws FILE_ACCESS, or PAYLOAD_TOO_LARGE above `maxBytes`. */
export async function readBytes(
  path: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  try {
    const info = await stat(path);
    if (!info.isFile()) {
      throw new ComfygenError('FILE_ACCESS', `${path}: not a file`, { details: { path } });
    }
    const { size } = info;
    if (size > maxBytes) {
      throw new ComfygenError('PAYLOAD_TOO_LARGE', `${path}: ${size} bytes, more than ${maxBytes}`);
    }
    return await readFile(path, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw fileFault(path, error);
  }
}

/** Which of the two graphs is wanted of a file that may hold either. */
export type WantedFormat = 'api' | 'ui' | 'either';

/**
 * The workflow's JSON text in an exported file: the file itself, or what ComfyUI writes into its PNGs, the
 * graph that was run (API format) and the one of the editor (UI format).
 */
export function workflowText(name: string, bytes: Uint8Array, wanted: WantedFormat): string {
  if (isPng(bytes)) return embeddedText(name, bytes, wanted);
  const text = decode(name, bytes);
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    throw invalid(
      name,
      'is a web page, not a workflow; on code-hosting sites take the address of the raw file',
    );
  }
  return text;
}

function embeddedText(name: string, bytes: Uint8Array, wanted: WantedFormat): string {
  const texts = readPngText(bytes);
  const [run, drawn] = [texts.get('prompt'), texts.get('workflow')];
  const text = wanted === 'api' ? run : wanted === 'ui' ? drawn : (run ?? drawn);
  if (text !== undefined) return withoutNaN(text);
  if (drawn !== undefined) {
    throw invalid(
      name,
      'holds a workflow in the UI format only; save it by "Export (API)" in ComfyUI',
    );
  }
  throw invalid(
    name,
    run === undefined
      ? 'is a picture without a ComfyUI workflow in it'
      : 'holds a workflow in API format only: there is nothing to convert',
  );
}

/** ComfyUI writes Python's NaN where a node compares as always changed; JSON has no such word. */
function withoutNaN(text: string): string {
  return text.replaceAll(/([[,:]\s*)NaN(?=\s*[\],}])/g, '$1null');
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(name, 'is neither text nor a PNG', cause);
  }
}

function invalid(name: string, what: string, cause?: unknown): ComfygenError {
  return new ComfygenError('INVALID_WORKFLOW', `${name} ${what}`, {
    details: { path: name },
    cause,
  });
}
