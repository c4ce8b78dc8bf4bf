import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { fileError } from './file-error.ts';

/** Where pictures go: a folder, and the name that the user gave to the first. */
export interface Target {
  folder: string;
  fileName: string | undefined;
}

const DEFAULT_FOLDER = 'comfygen-output';
const IMAGE_NAME = /\.(png|jpe?g|webp|gif|svg|bmp|tiff?|avif)$/i;

/**
 * Reads `--out`: a name that ends like a picture is a file, anything else a folder. The folder is
 * made and tried at once, so that nobody waits for a picture that cannot be kept.
 */
export async function prepareTarget(cwd: string, out: string | undefined): Promise<Target> {
  const path = resolve(cwd, out ?? DEFAULT_FOLDER);
  const asFolder = out === undefined || /[\\/]$/.test(out) || (await isFolder(path));
  const isFile = !asFolder && IMAGE_NAME.test(path);
  const folder = isFile ? dirname(path) : path;
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    // mkdir says EEXIST where a file stands in the folder's place.
    const blocked = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw fileError('write into', folder, blocked ? { code: 'ENOTDIR', message: '' } : cause);
  }
  return { folder, fileName: isFile ? basename(path) : undefined };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
