import { randomUUID } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
  options: SaveOptions,
): Promise<Saved> {
  const saver = createSaver(options);
  for (const [place, picture] of pictures.entries()) await saver.save(place, picture);
  return saver.rank([...pictures.keys()]);
}

/** Writes pictures as they are made, and names them by their rank once that is known. */
export interface Saver {
  /** The paths of those that are written. */
  readonly paths: readonly string[];
  /** Writes the picture that was made at this place, from 0; once, however often it is given. Throws FILE_ACCESS. */
  save(place: number, picture: Picture): Promise<void>;
  /**
   * The files in the order of these places. Of pictures that would have one name the first gets it, and the others
   * those with numbers: files are renamed for that.
   */
  rank(places: readonly number[]): Promise<Saved>;
}

/** A saver that has written nothing yet. */
export function createSaver({ target, prompt, force, signal }: SaveOptions): Saver {
  const files = new Map<number, { wanted: string; path: string }>();
  const writing = new Map<number, Promise<void>>();
  const warnings: Saved['warnings'] = [];
  const taken = () => [...files.values()].map(({ path }) => path);

  async function write(place: number, picture: Picture): Promise<void> {
    const given = target.fileName && fitName(target.fileName, picture);
    const name = given ?? pictureName({ prompt, ...picture });
    const isFirst = files.size === 0;
    if (given !== target.fileName && isFirst) {
      const message = `It is ${picture.mediaType}, so it is called ${name}.`;
      warnings.push({ code: 'other-type', message });
    }
    const wanted = join(target.folder, name);
    // Pictures of one run never replace each other.
    const start = target.fileName === undefined || !force ? 1 : files.size + 1;
    const paths = taken();
    const path = await saveAtFreeName(wanted, picture.bytes, { force, start, signal, paths });
    if (path !== wanted && isFirst) {
      warnings.push({ code: 'name-taken', message: `${name} exists; written as ${path}.` });
    }
    if (!sameType(path, picture)) {
      const message = `${path} holds ${picture.mediaType}, whatever its name says.`;
      warnings.push({ code: 'other-type', message });
    }
    files.set(place, { wanted, path });
  }

  return {
    get paths() {
      return taken();
    },
    async save(place, picture) {
      // One after the other, since each looks at the names of those before.
      const before = Promise.allSettled(writing.values());
      const own = writing.get(place) ?? before.then(() => write(place, picture));
      writing.set(place, own);
      await own.catch((error: unknown) => {
        writing.delete(place);
        throw error;
      });
    },
    async rank(places) {
      const ranked = places.map((place) => files.get(place)!);
      const named = ranked.map((file) => {
        const alike = ({ wanted }: typeof file) => wanted === file.wanted;
        return [...files.values()].filter(alike)[ranked.filter(alike).indexOf(file)]!.path;
      });
      const moves = ranked.flatMap(({ path }, at) =>
        named[at] === path ? [] : [[path, named[at]!]],
      );
      if (signal.aborted || moves.length === 0)
        return { paths: ranked.map(({ path }) => path), warnings };
      await renameAll(moves as [string, string][]);
      return { paths: named, warnings };
    },
  };
}

/** Renames files among each other. Where that is cut off, each is still there under a name that people see. */
async function renameAll(moves: readonly [from: string, to: string][]): Promise<void> {
  const aside = (path: string) => join(dirname(path), `unsorted-${randomUUID()}-${basename(path)}`);
  const set = moves.map(([from, to]) => ({ from, between: aside(from), to }));
  for (const { from, between, to } of set) {
    await rename(from, between).catch((error: unknown) => {
      throw fileError('rename', to, error);
    });
  }
  for (const { between, to } of set) {
    await rename(between, to).catch((error: unknown) => {
      throw fileError('rename', to, error);
    });
  }
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
  'video/quicktime': '.mov',
  'video/x-matroska': '.mkv',
  'audio/mpeg': '.mp3',
  'audio/flac': '.flac',
  'audio/wav': '.wav',
  'audio/ogg': '.ogg',
  'audio/aac': '.aac',
  'audio/mp4': '.m4a',
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
