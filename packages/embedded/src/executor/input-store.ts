import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { ComfygenError } from 'comfygen/plugin';
import type { InputFiles } from '../runtime/node-definition.ts';

/** Input pictures: those uploaded to this executor, and those of a folder. */
export interface InputStore extends InputFiles {
  /** Keeps the bytes and gives the name to use; it gets a number where another file already has the given name. */
  add(name: string, bytes: Uint8Array): string;
}

/**
 * A store over a folder, which may be absent. It keeps `maxBytes` of uploads, those used last, and reads no larger
 * file.
 */
export function createInputStore(inputDir: string | undefined, maxBytes: number): InputStore {
  const uploaded = new Map<string, Uint8Array>();
  // Used last stands last.
  const use = (name: string, bytes: Uint8Array) => {
    uploaded.delete(name);
    uploaded.set(name, bytes);
  };
  return {
    add(name, bytes) {
      checkName(name);
      checkLength(name, bytes.byteLength, maxBytes);
      const free = freeName(name, bytes, uploaded);
      // A Buffer's own slice would share its memory.
      use(free, new Uint8Array(bytes));
      let sum = [...uploaded.values()].reduce((all, one) => all + one.byteLength, 0);
      for (const [oldest, { byteLength }] of uploaded) {
        if (sum <= maxBytes) break;
        uploaded.delete(oldest);
        sum -= byteLength;
      }
      return free;
    },
    async list() {
      const files = inputDir === undefined ? [] : await listFolder(inputDir);
      return [...new Set([...uploaded.keys(), ...files])].sort();
    },
    async read(given) {
      const name = given.replace(/ \[input\]$/, '');
      const bytes = uploaded.get(name);
      if (bytes) {
        use(name, bytes);
        return bytes;
      }
      checkName(name);
      if (inputDir === undefined) throw missing(name);
      try {
        const path = insideOf(inputDir, name);
        checkLength(name, (await stat(path)).size, maxBytes);
        return await readFile(path);
      } catch (cause) {
        if (ComfygenError.is(cause)) throw cause;
        throw missing(name, cause);
      }
    },
  };
}

function checkLength(name: string, bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new ComfygenError(
    'PAYLOAD_TOO_LARGE',
    `"${name}" has ${bytes} bytes, more than the limit of ${maxBytes}. Allow more by embedded({ maxUploadBytes }).`,
    { details: { file: name, bytes, maxUploadBytes: maxBytes } },
  );
}

function freeName(name: string, bytes: Uint8Array, taken: ReadonlyMap<string, Uint8Array>): string {
  const [, stem = name, extension = ''] = /^(.*?)(\.[^.]*)?$/s.exec(name) ?? [];
  for (let number = 0; ; number++) {
    const candidate = number === 0 ? name : `${stem} (${number})${extension}`;
    const held = taken.get(candidate);
    if (held === undefined || Buffer.compare(held, bytes) === 0) return candidate;
  }
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  } catch (cause) {
    throw new ComfygenError('FILE_ACCESS', `The input folder ${folder} cannot be read.`, { cause });
  }
}

function checkName(name: string): void {
  const parts = name.split(/[\\/]/);
  if (name !== '' && !isAbsolute(name) && !parts.includes('..') && !name.includes('\0')) return;
  throw new ComfygenError('INVALID_WORKFLOW', `"${name}" is not a name inside the input folder.`);
}

function insideOf(folder: string, name: string): string {
  const path = resolve(join(folder, name));
  if (!relative(resolve(folder), path).startsWith('..')) return path;
  throw new ComfygenError('INVALID_WORKFLOW', `"${name}" is not inside the input folder.`);
}

function missing(name: string, cause?: unknown): ComfygenError {
  return new ComfygenError(
    'MISSING_INPUT',
    `There is no input file "${name}": upload it or put it into the input folder.`,
    { details: { file: name }, cause },
  );
}
