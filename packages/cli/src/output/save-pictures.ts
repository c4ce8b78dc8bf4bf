import { join } from 'node:path';
import { mediaTypeOfName } from 'comfygen/http';
import { fileError } from './file-error.ts';
import type { Target } from './target.ts';
import { writeAtomic } from './write-file.ts';

/** A picture to write to a file. */
export interface Picture {
  bytes: Uint8Array;
  mediaType: string;
  seed: string;
  /** The backend's name for it: how a file ends whose type says too little. */
  output?: { fileName: string } | undefined;
}

/** Options of `savePictures`. */
export interface SaveOptions {
  target: Target;
  prompt: string;
  /** Replaces a file of the same name instead of taking the next free one. */
  force: boolean;
  signal: AbortSignal;
}

/** The files that were written, and warnings about them. */
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
    const given = target.fileName && fitName(target.fileName, picture);
    const name = given ?? pictureName({ prompt, ...picture });
    if (given !== target.fileName && index === 0) {
      const message = `It is ${picture.mediaType}, so it is called ${name}.`;
      warnings.push({ code: 'other-type', message });
    }
    const wanted = join(target.folder, name);
    // Pictures of one run never replace each other.
    const start = target.fileName === undefined || !force ? 1 : index + 1;
    const path = await saveAtFreeName(wanted, picture.bytes, { force, start, signal, paths });
    if (path !== wanted && index === 0) {
      warnings.push({ code: 'name-taken', message: `${name} exists; written as ${path}.` });
    }
    if (!sameType(path, picture)) {
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

/** The name that was asked for; with an ending of its own for a film, a sound or else that is no picture. */
function fitName(name: string, picture: Picture): string {
  const family = (mediaType: string | undefined) => mediaType?.split('/')[0];
  if (family(mediaTypeOfName(name)) === family(picture.mediaType)) return name;
  if (family(picture.mediaType) === 'image') return name;
  return name.replace(/(\.[^.]*)?$/, extensionOf(picture));
}

function sameType(path: string, picture: Picture): boolean {
  const extension = extensionOf(picture);
  const name = path.toLowerCase().replace(/\.jpeg$/, '.jpg');
  return extension === '.bin' || name.endsWith(extension);
}

/** What a picture's file name is made from. */
export interface PictureName extends Omit<Picture, 'bytes'> {
  prompt: string;
}

const EXTENSIONS: Record<string, string> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'image/gif': '.gif',
  'image/svg+xml': '.svg',
  'video/mp4': '.mp4',
  'video/webm': '.webm',
  'audio/mpeg': '.mp3',
  'audio/flac': '.flac',
  'audio/wav': '.wav',
  'model/gltf-binary': '.glb',
};

/** How a file of this type ends: `.png`; else as the backend's own name for it does; else `.bin`. */
function extensionOf({ mediaType, output }: Pick<Picture, 'mediaType' | 'output'>): string {
  const known = EXTENSIONS[mediaType.split(';')[0]!.trim().toLowerCase()];
  return known ?? /\.[a-z0-9]{1,12}$/i.exec(output?.fileName ?? '')?.[0].toLowerCase() ?? '.bin';
}

/** `a-red-apple-7.png`: the prompt's first words and the seed, safe on every file system. */
export function pictureName({ prompt, seed, ...picture }: PictureName): string {
  const slug = prompt
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  const short = [...slug].slice(0, 48).join('').replace(/-+$/, '');
  return `${short || 'picture'}-${seed}${extensionOf(picture)}`;
}

/** The name with a number before its extension: `fox.png`, `fox-2.png`, `fox-3.png`. */
export function numberedName(path: string, number: number): string {
  if (number === 1) return path;
  const [, stem, extension] = /^(.*?)(\.[^./\\]+)?$/s.exec(path)!;
  return `${stem}-${number}${extension ?? ''}`;
}
