import { join } from 'node:path';
import { fileError } from './file-error.ts';
import { extensionOf, numberedName, pictureName } from './file-name.ts';
import type { Target } from './target.ts';
import { writeAtomic } from './write-atomic.ts';

/** A picture to keep. */
export interface Picture {
  bytes: Uint8Array;
  mediaType: string;
  seed: string;
}

/** How pictures are kept. */
export interface SaveOptions {
  target: Target;
  prompt: string;
  /** Replaces a file of the same name instead of taking the next free one. */
  force: boolean;
  signal: AbortSignal;
}

/** What was written, and what should be said about it. */
export interface Saved {
  paths: string[];
  warnings: { code: string; message: string }[];
}

/**
 * Writes pictures in the order given, each whole or not at all. Where a name is taken, the next free
 * one is used: `fox.png`, `fox-2.png`. Throws FILE_ACCESS; pictures written before it stay.
 */
export async function savePictures(
  pictures: readonly Picture[],
  { target, prompt, force, signal }: SaveOptions,
): Promise<Saved> {
  const paths: string[] = [];
  const warnings: Saved['warnings'] = [];
  for (const [index, picture] of pictures.entries()) {
    const name = target.fileName ?? pictureName({ prompt, ...picture });
    const wanted = join(target.folder, name);
    // Pictures of one run never replace each other.
    const start = target.fileName === undefined || !force ? 1 : index + 1;
    const path = await saveAtFreeName(wanted, picture.bytes, { force, start, signal, paths });
    if (path !== wanted && index === 0) {
      warnings.push({ code: 'name-taken', message: `${name} exists; written as ${path}.` });
    }
    if (!sameType(path, picture.mediaType)) {
      const message = `${path} holds ${picture.mediaType}, whatever its name says.`;
      warnings.push({ code: 'other-type', message });
    }
    paths.push(path);
  }
  return { paths, warnings };
}

async function saveAtFreeName(
  wanted: string,
  bytes: Uint8Array,
  options: { force: boolean; start: number; signal: AbortSignal; paths: readonly string[] },
): Promise<string> {
  for (let number = options.start; ; number += 1) {
    const path = numberedName(wanted, number);
    if (options.paths.includes(path)) continue;
    try {
      await writeAtomic(path, bytes, { overwrite: options.force, signal: options.signal });
      return path;
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason;
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError('write', path, error);
    }
  }
}

function sameType(path: string, mediaType: string): boolean {
  const extension = extensionOf(mediaType);
  const name = path.toLowerCase().replace(/\.jpeg$/, '.jpg');
  return extension === '.bin' || name.endsWith(extension);
}
